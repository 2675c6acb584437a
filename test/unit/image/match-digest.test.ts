import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { digestOf, matchDigest, parseDigest } from '../../../src/image/match-digest.ts';

const BYTES = Buffer.from('bytes');

test('parseDigest() reads SHA-256 and SHA-512 of the right length, and nothing else', () => {
  for (const [algorithm, length] of [
    ['sha256', 64],
    ['sha512', 128],
  ] as const) {
    const hex = 'a1'.repeat(length / 2);
    assert.deepEqual(parseDigest(`${algorithm}:${hex}`), {
      algorithm,
      hex,
      text: `${algorithm}:${hex}`,
    });
    for (const text of [
      `${algorithm}:${hex}0`,
      `${algorithm}:${hex.slice(1)}`,
      `${algorithm}:${hex.toUpperCase()}`,
      hex,
    ]) {
      assert.equal(parseDigest(text), undefined);
    }
  }
  for (const text of [
    '',
    'sha1:da39a3ee5e6b4b0d3255bfef95601890afd80709',
    `md5:${'0'.repeat(32)}`,
  ]) {
    assert.equal(parseDigest(text), undefined);
  }
});

test('matchDigest() compares bytes with either algorithm', () => {
  for (const algorithm of ['sha256', 'sha512'] as const) {
    const digest = parseDigest(`${algorithm}:${createHash(algorithm).update(BYTES).digest('hex')}`);
    assert.ok(digest !== undefined);
    assert.equal(matchDigest(BYTES, digest), true);
    assert.equal(matchDigest(Buffer.from('other'), digest), false);
  }
});

test('digestOf() gives the digest that matches', () => {
  assert.equal(matchDigest(BYTES, digestOf(BYTES)), true);
  assert.deepEqual(parseDigest(digestOf(BYTES).text), digestOf(BYTES));
});
