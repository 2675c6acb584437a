import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  coversPattern,
  findDuplicateNames,
} from '../../../../src/signature/trust/find-rule-problems.ts';

describe('coversPattern()', () => {
  for (const [wide, narrow, expected] of [
    ['a/b', 'a/b', true],
    ['**', 'a/*/b', true],
    ['a/*', 'a/b', true],
    ['a/**', 'a/b/c', true],
    ['a/**', 'a/**/c', false],
    ['a/b', 'a/*', false],
  ] as const) {
    it(`${wide} ${expected ? 'covers' : 'does not cover'} ${narrow}`, () => {
      assert.equal(coversPattern(wide, narrow), expected);
    });
  }
});

describe('findDuplicateNames()', () => {
  it('tells each name that was used before, with its place', () => {
    assert.deepEqual(
      [...findDuplicateNames(['rules'], [{ name: 'a' }, { name: 'b' }, { name: 'a' }])],
      [{ path: ['rules', 2, 'name'], message: 'The name "a" is used twice' }],
    );
  });
});
