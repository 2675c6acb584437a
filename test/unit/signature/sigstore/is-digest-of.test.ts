import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { isDigestOf } from '../../../../src/signature/sigstore/is-digest-of.ts';

test('isDigestOf() knows the algorithm by the length', () => {
  const bytes = Buffer.from('bytes');
  for (const hash of ['sha256', 'sha384', 'sha512']) {
    const digest = createHash(hash).update(bytes).digest();
    assert.equal(isDigestOf(digest, bytes), true);
    assert.equal(isDigestOf(digest, Buffer.from('other')), false);
  }
  assert.equal(isDigestOf(createHash('sha1').update(bytes).digest(), bytes), false);
  assert.equal(isDigestOf(Buffer.alloc(0), bytes), false);
});
