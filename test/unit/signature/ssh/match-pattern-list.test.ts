import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { matchPatternList } from '../../../../src/signature/ssh/match-pattern-list.ts';

describe('matchPatternList()', () => {
  const table: readonly (readonly [string, string, boolean])[] = [
    ['alice@example.com', 'alice@example.com', true],
    ['alice@example.com', 'Alice@example.com', false],
    ['alice@example.com', '*@example.com', true],
    ['alice@example.com.evil.org', '*@example.com', false],
    ['alice@example.com', '*@*.com', true],
    ['alice@example.com', 'al?ce@example.com', true],
    ['alce@example.com', 'al?ce@example.com', false],
    ['alice@example.com', '*@example.com,!alice@*', false],
    ['bob@example.com', '*@example.com,!alice@*', true],
    ['bob@example.com', '!alice@*', false],
    ['bob', 'alice,bob', true],
    ['', '*', true],
    ['', '', true],
    ['a', '', false],
    ['abcabd', '*abd', true],
    ['abcab', '*abd', false],
    ['ab', 'ab**', true],
    ['a*c', 'a*c', true],
    ['git', 'file', false],
  ];
  for (const [text, list, expected] of table) {
    it(`${expected ? 'matches' : 'does not match'} "${text}" with "${list}"`, () => {
      assert.equal(matchPatternList(text, list), expected);
    });
  }

  it('matches as the regular expression of the pattern does', () => {
    const characters = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8 });
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 10 }),
        characters,
        (text, pattern) => {
          const expression = pattern.replaceAll('?', '.').replaceAll('*', '.*');

          assert.equal(
            matchPatternList(text, pattern),
            new RegExp(`^${expression}$`, 'u').test(text),
          );
        },
      ),
    );
  });

  it('needs no more than the product of the lengths for a pattern that nearly matches', () => {
    const text = 'a'.repeat(1000);

    // Tried every way, this would take longer than the universe exists.
    assert.equal(matchPatternList(text, `${'*a'.repeat(500)}b`), false);
  });
});
