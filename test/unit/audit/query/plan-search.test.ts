import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planSearch } from '../../../../src/audit/query/plan-search.ts';

const EXISTS =
  'EXISTS (SELECT 1 FROM entry_policies WHERE policy = ? AND entry_policies.sequence = entries.sequence)';

for (const [name, plan, sql, parameters] of [
  [
    'nothing',
    planSearch({}, undefined, 9),
    'SELECT sequence FROM entries ORDER BY sequence DESC LIMIT ?',
    [9],
  ],
  [
    'time alone, in the order of its index',
    planSearch({ sinceMs: 1, untilMs: 2 }, undefined, 9),
    'SELECT sequence FROM entries WHERE time_ms >= ? AND time_ms < ? ORDER BY time_ms DESC, sequence DESC LIMIT ?',
    [1, 2, 9],
  ],
  [
    'the end alone',
    planSearch({ untilMs: 2 }, undefined, 9),
    'SELECT sequence FROM entries WHERE time_ms < ? ORDER BY time_ms DESC, sequence DESC LIMIT ?',
    [2, 9],
  ],
  [
    'what comes before an entry, in the order of the chain',
    planSearch({ untilMs: 2, policy: 'p', beforeSequence: 7 }, undefined, 9),
    'SELECT sequence FROM entry_policies CROSS JOIN entries USING (sequence) WHERE time_ms < ? AND policy = ? AND entries.sequence < ? ORDER BY sequence DESC LIMIT ?',
    [2, 'p', 7, 9],
  ],
  [
    'time before an entry, without the index on time',
    planSearch({ untilMs: 2, beforeSequence: 7 }, undefined, 9),
    'SELECT sequence FROM entries WHERE time_ms < ? AND entries.sequence < ? ORDER BY sequence DESC LIMIT ?',
    [2, 7, 9],
  ],
  [
    'one object',
    planSearch({ decision: 'denied' }, { exact: 'apps/deployments/shop/a' }, 9),
    'SELECT sequence FROM entries WHERE object = ? AND allowed = 0 ORDER BY sequence DESC LIMIT ?',
    ['apps/deployments/shop/a', 9],
  ],
  [
    'all objects between',
    planSearch({}, { from: 'a', to: 'b' }, 9),
    'SELECT sequence FROM entries WHERE object >= ? AND object < ? ORDER BY sequence DESC LIMIT ?',
    ['a', 'b', 9],
  ],
  [
    'objects of a name',
    planSearch({}, { from: 'a', to: 'b', ending: '/x' }, 9),
    'SELECT sequence FROM entries WHERE object >= ? AND object < ? AND substr(object, -?) = ? ORDER BY sequence DESC LIMIT ?',
    ['a', 'b', 2, '/x', 9],
  ],
  [
    'a policy alone',
    planSearch({ policy: 'p', code: 'c' }, undefined, 9),
    'SELECT sequence FROM entry_policies CROSS JOIN entries USING (sequence) WHERE code = ? AND policy = ? ORDER BY sequence DESC LIMIT ?',
    ['c', 'p', 9],
  ],
  [
    'a policy of a user',
    planSearch({ policy: 'p', username: 'u', namespace: 'n' }, undefined, 9),
    `SELECT sequence FROM entries WHERE username = ? AND namespace = ? AND ${EXISTS} ORDER BY sequence DESC LIMIT ?`,
    ['u', 'n', 'p', 9],
  ],
] as const) {
  test(`the search for ${name}`, () => {
    assert.deepEqual(plan, { sql, parameters });
  });
}
