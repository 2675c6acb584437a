import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { nearestWord } from '../../../src/base/nearest-word.ts';

const known = ['server', 'policies', 'identity', 'log', 'frozen', 'host', 'certificateFile'];

for (const [word, nearest] of [
  ['sever', 'server'],
  ['polices', 'policies'],
  ['frozn', 'frozen'],
  ['hsot', 'host'],
  ['certificate_file', 'certificateFile'],
  ['SERVER', 'server'],
  ['foo', undefined],
  ['', undefined],
  ['x'.repeat(101), undefined],
  ['completelyDifferent', undefined],
] as const) {
  test(`nearestWord() takes ${JSON.stringify(word.slice(0, 20))} for ${String(nearest)}`, () => {
    assert.equal(nearestWord(word, known), nearest);
  });
}

test('nearestWord() finds a known word itself', () => {
  fc.assert(
    fc.property(fc.constantFrom(...known), (word) => {
      assert.equal(nearestWord(word, known), word);
    }),
  );
});
