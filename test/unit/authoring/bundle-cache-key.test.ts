import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { bundleCacheKey, hashFolder } from '../../../src/authoring/bundle-cache-key.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';

const ORIGIN = { sourceHash: 'a', opaVersion: '1.0.0', codeHash: 'b' };

describe('bundleCacheKey()', () => {
  it('is a name for a folder, the same for the same origin', () => {
    assert.match(bundleCacheKey(ORIGIN), /^[0-9a-f]{32}$/u);
    assert.equal(bundleCacheKey({ ...ORIGIN }), bundleCacheKey(ORIGIN));
  });

  for (const part of ['sourceHash', 'opaVersion', 'codeHash']) {
    it(`differs where the ${part} differs`, () => {
      assert.notEqual(bundleCacheKey({ ...ORIGIN, [part]: 'other' }), bundleCacheKey(ORIGIN));
    });
  }
});

describe('hashFolder()', () => {
  it('differs with each change, new file and new name', async (test) => {
    const before = await hashFolder(await makeTemporaryFolder(test, { a: '1', b: '2' }));

    const changed = await makeTemporaryFolder(test, { a: '1', b: '3' });
    const renamed = await makeTemporaryFolder(test, { a: '1', c: '2' });
    const grown = await makeTemporaryFolder(test, { a: '1', b: '2', c: '' });
    const below = await makeTemporaryFolder(test, { a: '1', b: '2', 'c/d': '' });
    const hashes = await Promise.all([changed, renamed, grown, below].map(hashFolder));

    assert.equal(new Set([before, ...hashes]).size, 5);
    await writeFile(join(changed, 'b'), '2');
    assert.equal(await hashFolder(changed), before);
  });
});
