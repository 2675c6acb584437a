import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchText } from '../../../../src/source/manifest/match-text.ts';

for (const [pattern, text, expected] of [
  ['abc', 'abc', true],
  ['abc', 'abcd', false],
  ['*', '', true],
  ['a*', 'abc', true],
  ['a*', 'bac', false],
  ['*c', 'abc', true],
  ['a*c', 'ac', true],
  ['a*a', 'a', false],
  ['a*b*c', 'a-b-c', true],
  ['a*b*c', 'a-c', false],
  ['', '', true],
] as const) {
  test(`"${pattern}" ${expected ? 'matches' : 'does not match'} "${text}"`, () => {
    assert.equal(matchText(pattern, text), expected);
  });
}
