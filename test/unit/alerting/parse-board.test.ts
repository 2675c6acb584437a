import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseBoard } from '../../../src/alerting/parse-board.ts';

for (const [name, text] of [
  ['no JSON', '{'],
  ['another version', '{"version":2,"told":[],"ended":[],"reports":[]}'],
  [
    'a flood',
    JSON.stringify({
      version: 1,
      told: Array.from({ length: 1001 }, () => 'a'),
      ended: [],
      reports: [],
    }),
  ],
  ['a report without its parts', '{"version":1,"told":[],"ended":[],"reports":[{}]}'],
] as const) {
  test(`parseBoard() does not read ${name}`, () => {
    assert.equal(parseBoard(text), undefined);
  });
}

test('parseBoard() does not read more objects than a board lists', () => {
  const objects = Object.fromEntries(
    Array.from({ length: 21 }, (_, index) => [`o${index}`, 'open']),
  );
  const report = { objects };
  assert.equal(
    parseBoard(JSON.stringify({ version: 1, told: [], ended: [], reports: [report] })),
    undefined,
  );
});
