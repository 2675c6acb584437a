import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { matchesWildcards } from '../../../src/base/match-wildcards.ts';

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
  ['a?c', 'a?c', true],
  ['a?c', 'abc', false],
  ['a/*', 'a/b@c/d', true],
  ['ab**', 'ab', true],
] as const) {
  test(`"${pattern}" ${expected ? 'matches' : 'does not match'} "${text}"`, () => {
    assert.equal(matchesWildcards(text, pattern), expected);
  });
}

test('with a sign for one character, that stands for each, and never for none', () => {
  assert.equal(matchesWildcards('abc', 'a?c', '?'), true);
  assert.equal(matchesWildcards('ac', 'a?c', '?'), false);
  assert.equal(matchesWildcards('', '?', '?'), false);
});

test('matchesWildcards() agrees with an anchored regular expression', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 10 });
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8 });
  fc.assert(
    fc.property(text, pattern, (one, wanted) => {
      const expression = wanted.replaceAll('?', '.').replaceAll('*', '.*');
      assert.equal(
        matchesWildcards(one, wanted, '?'),
        new RegExp(`^${expression}$`, 'u').test(one),
      );
    }),
    { numRuns: 2000 },
  );
});

test('a pattern of many wildcards costs no exponential time', () => {
  assert.equal(matchesWildcards('a'.repeat(2000), `${'*a'.repeat(200)}b`), false);
});
