import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchGlob } from '../../../src/source/match-glob.ts';

for (const [pattern, text, expected] of [
  ['*.yaml', 'a.yaml', true],
  ['*.yaml', 'sub/a.yaml', true],
  ['*.yaml', 'a.yml', false],
  ['{a,b}.yaml', 'b.yaml', true],
  ['{a,b/*}', 'b/c', true],
  ['{a,b}.yaml', 'c.yaml', false],
  ['?.yaml', 'a.yaml', true],
  ['?.yaml', 'ab.yaml', false],
  ['**/a', 'x/y/a', true],
  ['a*', 'a', true],
  ['a*b*c', 'aXbXbc', true],
  ['', '', true],
  ['[ab].yaml', 'a.yaml', undefined],
  [String.raw`\*`, '*', undefined],
  ['{a,{b,c}}', 'a', undefined],
  ['{a,b,c,d}'.repeat(4), 'aaaa', undefined],
] as const) {
  test(`"${pattern}" gives ${String(expected)} for "${text}"`, () => {
    assert.equal(matchGlob(pattern, text), expected);
  });
}

test('matchGlob() is not slow for hostile patterns', () => {
  assert.equal(matchGlob(`${'*a'.repeat(200)}b`, 'a'.repeat(2000)), false);
});
