import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ReportGroups } from '../../../../src/audit/report/report-groups.ts';
import { parseRecord, type StoredRecord } from '../../../../src/audit/journal/parse-record.ts';
import { sampleRecord } from '../../../support/journal/sample-record.ts';

const WOULD_DENY = { code: 'c', message: 'm' };

function stored(number: number, changes: Parameters<typeof sampleRecord>[1] = {}): StoredRecord {
  const record = parseRecord(JSON.stringify(sampleRecord(number, changes)));
  assert.ok(record !== undefined);
  return record;
}

function changing(...paths: readonly string[]) {
  const listed = paths.map((path) => ({ path, segments: [], kind: 'changed' }) as const);
  return { semantic: true, truncated: false, protectedKeys: [], paths: listed };
}

test('requests that differ in fields, namespace and operation alone are one group', () => {
  const groups = new ReportGroups();
  const user = { username: 'a', groups: [], extra: {} };
  groups.add(stored(1, { user, change: changing('spec.b', 'spec.a') }), WOULD_DENY);
  groups.add(stored(2, { user, operation: 'DELETE', change: changing('spec.b') }), WOULD_DENY);

  const [group, ...others] = groups.list();

  assert.deepEqual(others, []);
  assert.partialDeepStrictEqual(group, {
    count: 2,
    operations: ['DELETE', 'UPDATE'],
    fields: ['spec.b', 'spec.a'],
    fieldsAreCut: false,
    namespaces: ['billing', 'platform'],
    first: sampleRecord(1).time,
    last: sampleRecord(2).time,
    example: { decisionId: sampleRecord(2).decisionId, operation: 'DELETE' },
  });
});

test('the example is the last one, in whatever order they are read', () => {
  const groups = new ReportGroups();
  const user = { username: 'a', groups: [], extra: {} };
  for (const number of [2, 3, 1]) groups.add(stored(number, { user }), WOULD_DENY);

  const [group] = groups.list();

  assert.equal(group?.example.decisionId, sampleRecord(3).decisionId);
  assert.deepEqual([group.first, group.last], [sampleRecord(1).time, sampleRecord(3).time]);
});

test('memory is bounded: fields, namespaces and groups beyond a limit are counted', () => {
  const groups = new ReportGroups();
  const { object } = sampleRecord(1);
  for (let number = 1; number <= 2100; number += 1) {
    const user = { username: `user-${number}`, groups: [], extra: {} };
    groups.add(stored(number, { user }), WOULD_DENY);
  }
  const user = { username: 'user-1', groups: [], extra: {} };
  for (let number = 1; number <= 60; number += 1) {
    const change = changing(`spec.f${number}`);
    groups.add(
      stored(number, { user, change, object: { ...object, namespace: `n${number}` } }),
      WOULD_DENY,
    );
  }

  const [first, ...others] = groups.list();

  assert.equal(others.length, 1999);
  assert.deepEqual([groups.users, groups.unlisted], [2100, 100]);
  assert.deepEqual(
    [first?.count, first?.fields.length, first?.fieldsAreCut, first?.namespaces.length],
    [61, 50, true, 20],
  );
  assert.equal(first?.namespacesAreCut, true);
});
