import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatVerdictKey, type VerdictKey } from '../../../../src/source/commits/verdict-key.ts';

const KEY: VerdictKey = {
  repository: 'https://git.example.com/platform/shop',
  rule: 'platform',
  tracked: 'main',
  objectId: 'a'.repeat(40),
  scope: 'argocd default',
  trustHash: 't1',
};

test('a key is another one as soon as one of its parts is', () => {
  const changed = Object.keys(KEY).map((part) => formatVerdictKey({ ...KEY, [part]: 'other' }));
  assert.equal(new Set([formatVerdictKey(KEY), ...changed]).size, Object.keys(KEY).length + 1);
});

test('a key begins with the trust, so that verdicts by another one are found', () => {
  assert.equal(formatVerdictKey(KEY).split('\u0000')[0], 't1');
});

test('parts that run into each other make no equal keys', () => {
  assert.notEqual(
    formatVerdictKey({ ...KEY, scope: 'ab', objectId: 'c' }),
    formatVerdictKey({ ...KEY, scope: 'a', objectId: 'bc' }),
  );
});
