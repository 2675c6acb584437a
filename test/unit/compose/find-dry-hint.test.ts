import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { findDryHint } from '../../../src/compose/find-dry-hint.ts';
import { NO_CREDENTIAL } from '../../../src/source/mirror/credential.ts';
import { HYDRATOR_NOTES_REF } from '../../../src/source/parse-hydrator-note.ts';
import { openTestMirrors, repositoryOf } from '../../support/git/test-mirrors.ts';
import { makeTestRepository } from '../../support/git/test-repository.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';

test('findDryHint() finds the commit that a note names, and nothing without the commit or the note', async (t) => {
  const root = await makeTemporaryFolder(t);
  const repository = await makeTestRepository(join(root, 'shop'));
  const { mirrors } = await openTestMirrors(t, { settings: { fileFolders: [root] } });
  const dry = await repository.commit('Change the source');
  const hydrated = await repository.commit('Hydrate');
  const place = { repository: repositoryOf(`file://${repository.folder}`), tracked: ['main'] };
  const find = (objectId: string) =>
    findDryHint({ ...place, credential: NO_CREDENTIAL, objectId }, mirrors);
  const file = join(root, 'note');
  await writeFile(file, JSON.stringify({ drySha: dry }));
  const argv = ['notes', `--ref=${HYDRATOR_NOTES_REF}`, 'add', '--file', file, hydrated];

  assert.equal(await find('f'.repeat(40)), undefined);
  assert.equal(await find(dry), undefined);
  await repository.git(...argv);

  assert.equal((await find(hydrated))?.claimedObjectId, dry);
});
