import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchEntry, matchObject } from '../../../../src/audit/query/match-entry.ts';
import type { EntryFilter } from '../../../../src/audit/query/match-entry.ts';
import { sampleRecord } from '../../../support/journal/sample-record.ts';

const record = sampleRecord(3);
const timeMs = Date.parse(record.time);
const anything = { resources: [] };

const cases: readonly (readonly [EntryFilter, boolean])[] = [
  [{}, true],
  [{ sinceMs: timeMs }, true],
  [{ sinceMs: timeMs + 1 }, false],
  [{ untilMs: timeMs + 1 }, true],
  [{ untilMs: timeMs }, false],
  [{ username: 'user-3' }, true],
  [{ username: 'user' }, false],
  [{ namespace: 'shop' }, true],
  [{ namespace: '' }, false],
  [{ allowed: false }, true],
  [{ allowed: true }, false],
  [{ code: 'managed_object_changed' }, true],
  [{ code: 'allowed' }, false],
  [{ policy: 'gitops_only_writes' }, true],
  [{ policy: 'other' }, false],
  [{ object: anything }, true],
  [
    { object: { resources: ['deployments'], group: 'apps', namespace: 'shop', name: 'app-3' } },
    true,
  ],
  [{ object: { resources: ['pods'] } }, false],
];

for (const [filter, expected] of cases) {
  test(`${JSON.stringify(filter)} ${expected ? 'means' : 'does not mean'} the record`, () => {
    assert.equal(matchEntry(record, filter), expected);
  });
}

for (const pattern of [{ group: '' }, { namespace: 'x' }, { name: 'x' }]) {
  test(`${JSON.stringify(pattern)} means another object`, () => {
    assert.equal(matchObject(record.object, { ...anything, ...pattern }), false);
  });
}
