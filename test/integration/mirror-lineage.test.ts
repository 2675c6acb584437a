/** Commits in the histories of others, found with the real git, in shallow mirrors too. */
import assert from 'node:assert/strict';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { NO_CREDENTIAL } from '../../src/source/mirror/credential.ts';
import type { LineageReading } from '../../src/source/mirror/read-lineage.ts';
import type { MirrorSettings } from '../../src/source/mirror/settings.ts';
import { openTestMirrors, repositoryOf } from '../support/git/test-mirrors.ts';
import { makeTestRepository, type TestRepository } from '../support/git/test-repository.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

interface Stage {
  readonly repository: TestRepository;
  readonly ask: (objectId: string, ...descendants: readonly string[]) => Promise<unknown>;
  /** Fetches another commit, with the tracked branch. */
  readonly find: (objectId: string) => Promise<void>;
}

async function open(t: TestContext, settings: Partial<MirrorSettings> = {}): Promise<Stage> {
  const root = await makeTemporaryFolder(t);
  const repository = await makeTestRepository(join(root, 'shop'));
  const opened = await openTestMirrors(t, { settings: { fileFolders: [root], ...settings } });
  const url = `file://${repository.folder}`;
  const place = { repository: repositoryOf(url), credential: NO_CREDENTIAL, tracked: ['main'] };
  return {
    repository,
    find: async (objectId) => {
      assert.equal((await opened.read({ url, objectId })).status, 'found');
    },
    ask: async (objectId, ...descendants) =>
      summarizeLineage(await opened.mirrors.readLineage({ ...place, objectId }, descendants)),
  };
}

/** Failures without their words. */
function summarizeLineage(reading: LineageReading): unknown {
  switch (reading.status) {
    case 'found':
      return reading.objectId;
    case 'absent':
    case 'unavailable':
      return reading.status;
    case 'rejected':
      return reading.code;
  }
}

test('a commit is found in the first history that contains it, and in its own', async (t) => {
  const { repository, ask, find } = await open(t);
  const first = await repository.commit('One');
  const second = await repository.commit('Two');
  const third = await repository.commit('Three');
  await find(third);

  assert.equal(await ask(first, third, second), third);
  assert.equal(await ask(second, first, second), second);
  assert.equal(await ask(third, first, second), 'absent');
});

test('a commit of a branch that was merged is in the history of the merge', async (t) => {
  const { repository, ask, find } = await open(t);
  await repository.git('checkout', '--quiet', '-b', 'feature');
  const feature = await repository.commit('Feature');
  await repository.git('checkout', '--quiet', 'main');
  const before = await repository.commit('Beside');
  await repository.git('merge', '--quiet', '--no-ff', '--message', 'Merge', 'feature');
  const merge = await repository.git('rev-parse', 'HEAD');
  await find(merge);

  assert.equal(await ask(feature, before, merge), merge);
});

test('what a shallow mirror lacks is fetched before anybody says no', async (t) => {
  const { repository, ask, find } = await open(t, { firstDepth: 1 });
  const first = await repository.commit('One');
  await repository.commit('Two');
  const third = await repository.commit('Three');
  await find(third);

  assert.equal(await ask(first, third), third);
  assert.equal(await ask(third, first), 'absent');
});

test('a commit that another branch has is fetched by its id', async (t) => {
  const { repository, ask, find } = await open(t);
  const first = await repository.commit('One');
  await repository.git('checkout', '--quiet', '-b', 'staging');
  const staging = await repository.commit('Staging');
  await find(first);

  assert.equal(await ask(first, staging), staging);
});

test('a commit that the server has forgotten shows nothing, and does not keep others away', async (t) => {
  const { repository, ask, find } = await open(t);
  const first = await repository.commit('One');
  const second = await repository.commit('Two');
  await find(first);
  const forgotten = 'f'.repeat(40);

  assert.equal(await ask(first, forgotten, second), second);
  assert.equal(await ask(first, forgotten), 'absent');
});

test('while the server is away nobody can tell, unless the mirror can', async (t) => {
  const { repository, ask, find } = await open(t);
  const first = await repository.commit('One');
  const second = await repository.commit('Two');
  await find(second);
  await rename(join(repository.folder, '.git'), join(repository.folder, 'away'));

  assert.equal(await ask(first, second), second);
  assert.equal(await ask(first, 'f'.repeat(40)), 'unavailable');
});

test('an id that is none is refused before git sees it', async (t) => {
  const { repository, ask } = await open(t);
  const objectId = await repository.commit('One');
  assert.equal(await ask(objectId, '--exec=evil'), 'repository_refused');
  assert.equal(await ask('HEAD', objectId), 'repository_refused');
});
