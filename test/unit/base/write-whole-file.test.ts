import assert from 'node:assert/strict';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeWholeFile } from '../../../src/base/write-whole-file.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';

test('a file is written whole, for its own user alone, and leaves nothing beside it', async (t) => {
  const folder = join(await makeTemporaryFolder(t), 'made', 'here');
  await writeWholeFile(folder, 'a.json', '1');
  await writeWholeFile(folder, 'a.json', '2');
  assert.deepEqual(await readdir(folder), ['a.json']);
  assert.equal(await readFile(join(folder, 'a.json'), 'utf8'), '2');
  assert.equal((await stat(join(folder, 'a.json'))).mode & 0o777, 0o600);
  assert.equal((await stat(folder)).mode & 0o777, 0o700);
});

test('a disk that refuses rejects, and the file is as before', async (t) => {
  const folder = await makeTemporaryFolder(t, { 'a.json': '1', file: '' });
  await writeFile(join(folder, 'file'), '');
  await assert.rejects(writeWholeFile(join(folder, 'file'), 'a.json', '2'));
  assert.equal(await readFile(join(folder, 'a.json'), 'utf8'), '1');
});
