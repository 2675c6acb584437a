import assert from 'node:assert/strict';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  keepBundle,
  keptBundlePath,
  readKeptEtag,
} from '../../../../src/policy/bundle/kept-bundle.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

const URL_ = 'https://bundles.example/a.tar.gz';

test('keepBundle() keeps the bytes for their owner alone, and readKeptEtag() their ETag', async (t) => {
  const folder = join(await makeTemporaryFolder(t), 'deep', 'kept');
  const bytes = Buffer.from([1, 2, 3]);

  assert.equal(await readKeptEtag(folder, URL_), undefined);
  await keepBundle(folder, { place: URL_, bytes, etag: '"1"' });

  assert.deepEqual(await readFile(keptBundlePath(folder)), bytes);
  assert.equal((await stat(keptBundlePath(folder))).mode & 0o777, 0o600);
  assert.equal(await readKeptEtag(folder, URL_), '"1"');
  assert.equal(await readKeptEtag(folder, 'https://other.example/'), undefined);
});

test('readKeptEtag() asks for the bundle again where what is kept is not what came', async (t) => {
  const folder = await makeTemporaryFolder(t);
  await keepBundle(folder, { place: URL_, bytes: Buffer.from('a'), etag: '"1"' });
  await writeFile(keptBundlePath(folder), 'b');
  assert.equal(await readKeptEtag(folder, URL_), undefined);

  await keepBundle(folder, { place: URL_, bytes: Buffer.from('a'), etag: undefined });
  assert.equal(await readKeptEtag(folder, URL_), undefined);

  await writeFile(join(folder, 'origin.json'), '{"place":1}');
  assert.equal(await readKeptEtag(folder, URL_), undefined);
});
