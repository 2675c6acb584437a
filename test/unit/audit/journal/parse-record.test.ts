import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  indexColumnsOf,
  objectingPolicies,
  parseRecord,
} from '../../../../src/audit/journal/parse-record.ts';
import { sampleRecord } from '../../../support/journal/sample-record.ts';

test('a record is read with the fields that readers rely on', () => {
  const record = parseRecord(JSON.stringify(sampleRecord(3)));

  assert.equal(record?.user.username, 'user-3');
  assert.equal(record?.allowed, false);
});

for (const text of ['', '{', 'null', '{"schemaVersion":1}']) {
  test(`"${text}" is no record`, () => {
    assert.equal(parseRecord(text), undefined);
  });
}

test('the columns of a record are what it is found by', () => {
  assert.deepEqual(indexColumnsOf(sampleRecord(3)), {
    timeMs: Date.parse('2026-11-20T08:00:03.000Z'),
    decisionId: sampleRecord(3).decisionId,
    username: 'user-3',
    namespace: 'shop',
    object: 'apps/deployments/shop/app-3',
    allowed: false,
    code: 'managed_object_changed',
  });
});

test('policies that did not pass are named once', () => {
  const verdict = { policy: 'a', mode: 'enforce', status: 'denied', codes: [] } as const;
  const policies = [verdict, verdict, { ...verdict, policy: 'b', status: 'passed' as const }];

  assert.deepEqual(objectingPolicies(sampleRecord(1, { policies })), ['a']);
});
