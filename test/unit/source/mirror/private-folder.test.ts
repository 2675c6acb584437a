import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  removeLeftFolders,
  withPrivateFolder,
} from '../../../../src/source/mirror/private-folder.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

test('withPrivateFolder() writes files for us alone, and removes them', async (t) => {
  const parent = join(await makeTemporaryFolder(t), 'private');

  const seen = await withPrivateFolder(parent, async (write) => {
    const file = await write('key', 'secret');
    const folder = await stat(join(file, '..'));
    return [await readFile(file, 'utf8'), (await stat(file)).mode & 0o777, folder.mode & 0o777];
  });

  assert.deepEqual(seen, ['secret', 0o600, 0o700]);
  assert.deepEqual(await readdir(parent), []);
});

test('withPrivateFolder() removes them after a fault too', async (t) => {
  const parent = join(await makeTemporaryFolder(t), 'private');

  await assert.rejects(
    withPrivateFolder(parent, async (write) => {
      await write('key', 'secret');
      throw new Error('fault');
    }),
    /fault/u,
  );
  assert.deepEqual(await readdir(parent), []);
});

test('removeLeftFolders() removes what processes left that died, and nothing that is in use', async (t) => {
  const parent = await makeTemporaryFolder(t);
  for (const name of ['run-old', 'run-new', 'other']) await mkdir(join(parent, name));
  await utimes(join(parent, 'run-old'), 0, 0);
  await utimes(join(parent, 'other'), 0, 0);

  await removeLeftFolders(parent, Date.now());

  assert.deepEqual((await readdir(parent)).toSorted(), ['other', 'run-new']);
});
