import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRemoved } from '../../../../src/audit/verify/parse-removed.ts';

const removed = { firstSequence: 1, lastSequence: 20, lastHash: 'a'.repeat(64), head: 'a.b.c' };

test('a note of retention is read', () => {
  assert.deepEqual(parseRemoved(JSON.stringify(removed)), removed);
});

for (const line of ['', '{', '[]', '{"file":"segment-1.sqlite","unreadable":true}']) {
  test(`"${line}" is no note of retention`, () => {
    assert.equal(parseRemoved(line), undefined);
  });
}
