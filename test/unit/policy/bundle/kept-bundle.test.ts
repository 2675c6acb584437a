import assert from 'node:assert/strict';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  keepBundle,
  keptBundlePath,
  readKeptOrigin,
} from '../../../../src/policy/bundle/kept-bundle.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

const PLACE = 'https://bundles.example/a.tar.gz';

test('keepBundle() keeps the bytes for their owner alone, and readKeptOrigin() what is known of them', async (t) => {
  const folder = join(await makeTemporaryFolder(t), 'deep', 'kept');
  const bytes = Buffer.from([1, 2, 3]);

  assert.deepEqual(await readKeptOrigin(folder, PLACE), {});
  await keepBundle(folder, { place: PLACE, bytes, etag: '"1"', signedAtMs: 5000 });

  assert.deepEqual(await readFile(keptBundlePath(folder)), bytes);
  assert.equal((await stat(keptBundlePath(folder))).mode & 0o777, 0o600);
  assert.deepEqual(await readKeptOrigin(folder, PLACE), { etag: '"1"', signedAtMs: 5000 });
  assert.deepEqual(await readKeptOrigin(folder, 'https://other.example/'), {});
});

test('readKeptOrigin() asks for the bundle again where what is kept is not what came, and knows when it was signed', async (t) => {
  const folder = await makeTemporaryFolder(t);
  const kept = { place: PLACE, bytes: Buffer.from('a'), etag: '"1"', signedAtMs: 5000 };
  await keepBundle(folder, kept);
  await writeFile(keptBundlePath(folder), 'b');
  assert.deepEqual(await readKeptOrigin(folder, PLACE), { etag: undefined, signedAtMs: 5000 });

  await keepBundle(folder, { place: PLACE, bytes: Buffer.from('a'), etag: undefined });
  assert.deepEqual(await readKeptOrigin(folder, PLACE), {
    etag: undefined,
    signedAtMs: undefined,
  });

  for (const text of [
    '{"place":1}',
    `{"place":"${PLACE}","etag":"","sha256":"","signedAtMs":1e99}`,
  ]) {
    await writeFile(join(folder, 'origin.json'), text);
    assert.deepEqual(await readKeptOrigin(folder, PLACE), {});
  }
});
