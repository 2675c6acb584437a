import assert from 'node:assert/strict';
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  readVerdictFile,
  writeVerdictFile,
  type VerdictFileContent,
} from '../../../../src/source/commits/verdict-file.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

const CONTENT: VerdictFileContent = {
  verdicts: [
    [
      'key',
      {
        status: 'verified',
        repository: 'https://git.example.com/shop',
        rule: 'platform',
        content: {
          objectId: 'a'.repeat(40),
          author: { name: 'Alice', email: 'alice@example.com' },
          committer: { name: 'Alice', email: 'alice@example.com' },
          committedAt: '2026-01-05T12:00:00.000Z',
          parents: ['b'.repeat(40)],
          signOffs: [],
        },
        signers: [{ scheme: 'ssh', identity: 'ssh alice@example.com' }],
      },
    ],
    [
      'other',
      {
        status: 'rejected',
        repository: 'https://git.example.com/shop',
        rule: 'platform',
        code: 'unsigned',
        reason: 'The commit has no signature',
        objectId: 'c'.repeat(40),
      },
    ],
  ],
  history: [['history', { commits: ['a'.repeat(40)], tips: ['a'.repeat(40)] }]],
};

test('what is written is read again, and belongs to this user alone', async (t) => {
  const folder = join(await makeTemporaryFolder(t), 'commits');

  assert.deepEqual(await readVerdictFile(folder), { status: 'absent' });
  await writeVerdictFile(folder, CONTENT);
  await writeVerdictFile(folder, CONTENT);

  assert.deepEqual(await readVerdictFile(folder), { status: 'read', content: CONTENT });
  assert.deepEqual(await readdir(folder), ['verdicts.json']);
  const modes = [folder, join(folder, 'verdicts.json')].map(
    async (path) => (await stat(path)).mode,
  );
  assert.deepEqual(
    (await Promise.all(modes)).map((mode) => mode & 0o777),
    [0o700, 0o600],
  );
});

test('a file that this version did not write is damaged, whatever is wrong with it', async (t) => {
  const folder = await makeTemporaryFolder(t);
  const file = join(folder, 'verdicts.json');
  const damaged = { status: 'damaged', reason: 'it is not what this version writes' };

  for (const text of [
    '',
    '{',
    '[]',
    JSON.stringify({ version: 1, ...CONTENT }),
    JSON.stringify({ version: 2, ...CONTENT, verdicts: [['key', { status: 'unavailable' }]] }),
    JSON.stringify({ version: 2, ...CONTENT, history: [['history', { commits: 'a', tips: [] }]] }),
  ]) {
    await writeFile(file, text);
    assert.deepEqual(await readVerdictFile(folder), damaged, text.slice(0, 80));
  }
});

test('a folder in the place of the file is damaged, and a folder that cannot be made rejects', async (t) => {
  const folder = await makeTemporaryFolder(t);
  await mkdir(join(folder, 'verdicts.json'));
  await writeFile(join(folder, 'file'), '');

  assert.deepEqual(await readVerdictFile(folder), { status: 'damaged', reason: 'it is a folder' });
  await assert.rejects(writeVerdictFile(join(folder, 'file'), CONTENT), {
    code: /EEXIST|ENOTDIR/u,
  });
});
