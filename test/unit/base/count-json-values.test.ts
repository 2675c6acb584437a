import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countJsonValues } from '../../../src/base/count-json-values.ts';

for (const [text, count] of [
  ['', 1],
  ['1', 1],
  ['[1,2,3]', 4],
  ['{"a":{"b":[]}}', 6],
  ['"a,b"', 2],
] as const) {
  test(`countJsonValues() finds at most ${count} in ${text}`, () => {
    assert.equal(countJsonValues(Buffer.from(text)), count);
  });
}
