import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { listGivenFiles } from '../../../../src/authoring/bench/list-given-files.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

test('listGivenFiles() takes files as they are named, and the reviews of folders in order', async (t) => {
  const folder = await makeTemporaryFolder(t, {
    'days/b.jsonl': '',
    'days/a.json': '',
    'days/deep/c.yaml': '',
    'days/notes.txt': '',
  });
  const resolvePath = (name: string): string => join(folder, name);

  assert.deepEqual(await listGivenFiles(['none.json', 'days'], resolvePath), [
    'none.json',
    'days/a.json',
    'days/b.jsonl',
    'days/deep/c.yaml',
  ]);
});

test('listGivenFiles() refuses a folder without reviews', async (t) => {
  const folder = await makeTemporaryFolder(t, { 'empty/notes.txt': '' });

  await assert.rejects(
    listGivenFiles(['empty'], (name) => join(folder, name)),
    {
      code: 'argument_invalid',
      message: 'The folder "empty" must have files of reviews (.json, .jsonl, .yaml): found none',
    },
  );
});
