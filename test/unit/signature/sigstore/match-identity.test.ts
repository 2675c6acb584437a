import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  findPatternFault,
  matchIdentity,
} from '../../../../src/signature/sigstore/match-identity.ts';
import { isAccepted } from '../../../../src/signature/trust/match-signer.ts';

const issuer = 'https://issuer.example.com';

function matches(pattern: string, subject: string): boolean {
  return matchIdentity({ issuer, subject }, [
    { issuer, subject: { kind: 'pattern', value: pattern } },
  ]);
}

test('matchIdentity() compares issuer and exact subject as wholes', () => {
  const accepted = [{ issuer, subject: { kind: 'exact', value: 'a*@b' } as const }];
  assert.equal(matchIdentity({ issuer, subject: 'a*@b' }, accepted), true);
  assert.equal(matchIdentity({ issuer, subject: 'aa@b' }, accepted), false);
  assert.equal(matchIdentity({ issuer: 'x', subject: 'a*@b' }, accepted), false);
  assert.equal(matchIdentity({ issuer, subject: 'a*@b' }, []), false);
});

test('matchIdentity() matches patterns from the first to the last character', () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ['*@example.com', 'ada@example.com', true],
    ['*@example.com', 'ada@example.com.evil.org', false],
    ['*@example.com', 'ada@exampleXcom', false],
    [
      'https://git.example.com/team/*/ci@refs/heads/main',
      'https://git.example.com/team/app/ci@refs/heads/main',
      true,
    ],
    [
      'https://git.example.com/team/*/ci@refs/heads/main',
      'https://git.example.com/team/a/b/ci@refs/heads/main',
      false,
    ],
    [
      'https://git.example.com/team/**@refs/heads/main',
      'https://git.example.com/team/a/b/ci@refs/heads/main',
      true,
    ],
    ['https://git.example.com/team/*', 'https://git.example.com/team/', true],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'a-b-b', false],
    ['**x*', 'a/x/b', false],
    ['**x*', 'a/xb', true],
    ['', '', true],
  ];
  for (const [pattern, subject, expected] of cases) {
    assert.equal(matches(pattern, subject), expected, `${pattern} ${subject}`);
  }
});

test('matchIdentity() and the rules about commits mean the same by a pattern', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '/', '@', '*'), maxLength: 12 });
  fc.assert(
    fc.property(text, text, (pattern, subject) => {
      const signer = { scheme: 'gitsign', issuer, subject } as const;
      const entry = { scheme: 'gitsign', issuer, subject: pattern } as const;
      assert.equal(matches(pattern, subject), isAccepted(signer, [entry], new Map()));
    }),
    { numRuns: 1000 },
  );
  // An asterisk stops at an at sign: another domain in front of it is another identity.
  assert.equal(matches('*@example.com', 'mallory@evil@example.com'), false);
});

test('findPatternFault() refuses patterns that accept everybody', () => {
  assert.equal(findPatternFault('*@example.com'), undefined);
  for (const pattern of ['', '*', '**', '***']) {
    assert.notEqual(findPatternFault(pattern), undefined);
  }
});
