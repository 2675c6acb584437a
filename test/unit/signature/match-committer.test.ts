import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchEmail, parseMailbox } from '../../../src/signature/match-committer.ts';

test('parseMailbox() takes the one address of a user ID', () => {
  assert.equal(parseMailbox('Ada Lovelace (work) <ada@example.com>'), 'ada@example.com');
  assert.equal(parseMailbox('<ada@example.com>'), 'ada@example.com');
  assert.equal(parseMailbox('ada@example.com'), 'ada@example.com');
});

test('parseMailbox() refuses what has two readings or none', () => {
  for (const text of [
    'Ada',
    'ada@example.com <eve@example.com',
    '<ada@example.com> <eve@example.com>',
    'Ada <ada@example.com> eve@example.com',
    'Ada <ada@example.com@evil.org>',
    'Ada <>',
    '',
  ]) {
    assert.equal(parseMailbox(text), undefined, text);
  }
});

test('matchEmail() knows ASCII case alone', () => {
  assert.equal(matchEmail('Ada@Example.com', 'ada@example.COM'), true);
  assert.equal(matchEmail('ada@example.com', 'eve@example.com'), false);
  // The Kelvin sign becomes "k" where Unicode is folded.
  assert.equal(matchEmail('\u212Aim@example.com', 'kim@example.com'), false);
});
