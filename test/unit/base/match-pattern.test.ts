import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { matchesPattern } from '../../../src/base/match-pattern.ts';

const MATCHING: readonly (readonly [text: string, pattern: string])[] = [
  // The segments can begin at two places, and end at the same ones.
  ['x/x/y/b', '**x/**/b'],
  ['https://git.example.com/platform/shop', 'https://git.example.com/platform/shop'],
  ['https://git.example.com/platform/shop', 'https://git.example.com/platform/*'],
  ['https://git.example.com/platform/team/shop', 'https://git.example.com/**'],
  ['https://git.example.com/platform/team/shop', 'https://git.example.com/**/shop'],
  ['apps/shop', '**'],
  ['', '**'],
  ['', '*'],
  ['alice@example.com', '*@example.com'],
  ['apps/shop-prod', 'apps/*-prod'],
  ['aXbXc', 'a*b*c'],
  ['https://git.example.com', 'https://git.example.com/**'],
  ['shop', '**/shop'],
  ['apps/shop', 'apps/**/**/shop'],
  ['apps/', 'apps/**/'],
  ['apps/a/b@c', 'apps/**'],
  [
    'https://git.example.com/team/a/b/ci@refs/heads/main',
    'https://git.example.com/team/**@refs/heads/main',
  ],
  [
    'https://git.example.com/team/app/ci@refs/heads/main',
    'https://git.example.com/team/*/ci@refs/heads/main',
  ],
  ['team-a/b', 'team-**'],
  ['a/xb', '**x*'],
  ['***', '***'],
];

const DIFFERENT: readonly (readonly [text: string, pattern: string])[] = [
  ['https://git.example.com/platform/team/shop', 'https://git.example.com/platform/*'],
  ['https://git.example.com.evil.net/platform/shop', 'https://git.example.com/**'],
  ['https://git.example.com@evil.net/shop', 'https://git.example*/shop'],
  ['mallory@evil@example.com', '*@example.com'],
  ['alice@example.com.evil.net', '*@example.com'],
  ['aliceXexample.com', 'alice.example.com'],
  ['Apps', 'apps'],
  ['apps', 'apps/shop'],
  ['apps/shopping', '**/shop'],
  ['applications', 'apps/**'],
  ['appsX', 'apps/**'],
  ['a/x/b', '**x*'],
  // A workflow of any name, and not with any reference: the at sign stays a border.
  ['https://git.example.com/ci@refs', 'https://git.example.com/*'],
  ['a@b', '*'],
  ['a/b', '*'],
  ['apps/shop', 'apps'],
];

describe('patterns', () => {
  for (const [text, pattern] of MATCHING) {
    it(`"${text}" matches "${pattern}"`, () => {
      assert.equal(matchesPattern(text, pattern), true);
    });
  }
  for (const [text, pattern] of DIFFERENT) {
    it(`"${text}" does not match "${pattern}"`, () => {
      assert.equal(matchesPattern(text, pattern), false);
    });
  }

  it('they agree with an anchored regular expression', () => {
    const part = fc.stringMatching(/^[ab@*]{0,4}$/u);
    const pattern = fc
      .array(fc.oneof(part, fc.constant('**')), { minLength: 1, maxLength: 4 })
      .map((parts) => parts.join('/'));
    fc.assert(
      fc.property(fc.stringMatching(/^[ab@/]{0,8}$/u), pattern, (text, wanted) => {
        assert.equal(matchesPattern(text, wanted), toExpression(wanted).test(`${text}/`));
      }),
      { numRuns: 5000 },
    );
  });

  it('a pattern of many wildcards costs no exponential time', () => {
    const pattern = `${'*a'.repeat(200)}b`;
    assert.equal(matchesPattern('a'.repeat(1024), pattern), false);
  });
});

/** Over a text with a slash at its end, so that `**` can stand for no segment. */
function toExpression(pattern: string): RegExp {
  const parts = pattern
    .split('/')
    .map((part) => (part === '**' ? '(?:[^/]*/)*' : `${expand(part)}/`));
  return new RegExp(`^${parts.join('')}$`, 'u');
}

function expand(part: string): string {
  return part.replaceAll(/\*\*|\*/gu, (stars) => (stars === '**' ? '[^]*' : '[^/@]*'));
}
