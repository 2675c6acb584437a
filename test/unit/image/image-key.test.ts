import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  formatImageKey,
  formatImageKeys,
  nameImage,
  type ImageKey,
} from '../../../src/image/image-key.ts';

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

const REFERENCE = {
  registry: 'registry.example.com',
  repository: 'shop',
  tag: '1',
  digest: undefined,
};
const PINNED = 'registry.example.com/shop@sha256:0';

test('an image is named by its digest where there is one, whatever its tag is', () => {
  assert.equal(nameImage(REFERENCE), 'registry.example.com/shop:1');
  assert.equal(nameImage({ ...REFERENCE, digest: 'sha256:0' }), PINNED);
  assert.equal(nameImage({ ...REFERENCE, tag: undefined }, 'sha256:0'), PINNED);
});

test('what a patched Pod names has a key of its own, and one key where it was asked for', () => {
  assert.deepEqual(formatImageKeys(KEY, REFERENCE, 'sha256:0'), [
    formatImageKey(KEY),
    formatImageKey({ ...KEY, image: PINNED }),
  ]);
  const asked = { ...KEY, image: PINNED };
  const reference = { ...REFERENCE, digest: 'sha256:0' };
  assert.deepEqual(formatImageKeys(asked, reference, 'sha256:0'), [formatImageKey(asked)]);
  assert.deepEqual(formatImageKeys(KEY, REFERENCE, undefined), [formatImageKey(KEY)]);
});
