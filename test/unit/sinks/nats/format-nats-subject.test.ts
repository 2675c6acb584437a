import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatNatsSubject } from '../../../../src/sinks/nats/format-nats-subject.ts';
import { sampleRecord } from '../../../support/journal-entries.ts';

test('formatNatsSubject() fills every placeholder', () => {
  assert.equal(
    formatNatsSubject(
      'audit.{cluster}.{replica}.{decision}.{namespace}.{resource}',
      sampleRecord(1),
    ),
    'audit.prod-eu-1.holdfast-0.denied.shop.deployments',
  );
});

test('formatNatsSubject() has a word for objects of the whole cluster', () => {
  const { object } = sampleRecord(1);

  assert.equal(
    formatNatsSubject('{namespace}', sampleRecord(1, { object: { ...object, namespace: '' } })),
    '_cluster',
  );
});

test('formatNatsSubject() lets no value make tokens or wildcards of its own', () => {
  for (const [cluster, token] of [
    ['a.b', 'a_b'],
    ['*', '_'],
    ['>', '_'],
    ['a b\r\nPUB', 'a_b__PUB'],
    ['', '_'],
    ['größe', 'gr__e'],
  ] as const) {
    assert.equal(formatNatsSubject('h.{cluster}.x', sampleRecord(1, { cluster })), `h.${token}.x`);
  }
});

test('formatNatsSubject() keeps what is no placeholder, within its letters', () => {
  assert.equal(
    formatNatsSubject('a-b.{user}.{constructor}.>', sampleRecord(1)),
    'a-b._user_._constructor_._',
  );
});
