import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { revisionOf, sha256 } from '../../../src/policy/manifest.ts';

describe('revisionOf()', () => {
  it('does not depend on the order of keys', () => {
    assert.equal(
      revisionOf({ a: [{ b: 1, c: null }], d: 'x' }),
      revisionOf({ d: 'x', a: [{ c: null, b: 1 }] }),
    );
  });

  it('depends on every value and on the order of lists', () => {
    const revisions = [{ a: [1, 2] }, { a: [2, 1] }, { a: [1, 2], b: 1 }, { a: ['1', 2] }].map(
      revisionOf,
    );

    assert.equal(new Set(revisions).size, 4);
  });
});

it('sha256() gives the digest of the text "abc" that FIPS 180-2 gives', () => {
  assert.equal(sha256('abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});
