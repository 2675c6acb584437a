import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatImageKey, type ImageKey } from '../../../src/image/image-key.ts';

const KEY: ImageKey = {
  image: 'registry.example.com/shop:1',
  rule: 'shop',
  scope: 'configured',
  trustHash: 't1',
};

test('a key is another one as soon as one of its parts is', () => {
  const changed = Object.keys(KEY).map((part) => formatImageKey({ ...KEY, [part]: 'other' }));
  assert.equal(new Set([formatImageKey(KEY), ...changed]).size, Object.keys(KEY).length + 1);
});

test('a key begins with the trust, so that verdicts by another one are found', () => {
  assert.equal(formatImageKey(KEY).split('\u0000')[0], 't1');
});
