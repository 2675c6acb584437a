/** Mirrors of local repositories: what is found, what is not contained. */
import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { chmod, cp, mkdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { MirrorSettings } from '../../src/source/mirror/settings.ts';
import { openTestMirrors, summarize, type TestMirrors } from '../support/git/test-mirrors.ts';
import { makeTestRepository, type TestRepository } from '../support/git/test-repository.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

interface Stage extends TestMirrors {
  readonly repository: TestRepository;
  readonly root: string;
  readonly url: string;
}

async function open(t: TestContext, settings: Partial<MirrorSettings> = {}): Promise<Stage> {
  const root = await makeTemporaryFolder(t);
  const repository = await makeTestRepository(join(root, 'shop'));
  const opened = await openTestMirrors(t, { settings: { fileFolders: [root], ...settings } });
  return { ...opened, repository, root, url: `file://${repository.folder}` };
}

test('a commit of the branch is found with exactly its bytes', async (t) => {
  const { repository, url, read } = await open(t);
  const objectId = await repository.commit('Deploy');

  const reading = await read({ url, objectId });

  assert.equal(reading.status, 'found');
  const raw = await repository.git('cat-file', 'commit', objectId);
  assert.equal(Buffer.from(reading.bytes).toString(), `${raw}\n`);
  assert.deepEqual(summarize(reading), {
    status: 'found',
    kind: 'commit',
    objectId,
    containedIn: 'refs/heads/main',
  });
  const header = `commit ${reading.bytes.byteLength}\0`;
  assert.equal(createHash('sha1').update(header).update(reading.bytes).digest('hex'), objectId);
});

test('a commit deeper than the first fetch is found', async (t) => {
  const { repository, url, read } = await open(t, { firstDepth: 2 });
  const objectId = await repository.git('rev-parse', 'HEAD');
  for (let index = 0; index < 10; index += 1) await repository.commit(`Deploy ${index}`);

  assert.equal((await read({ url, objectId })).status, 'found');
});

test('commits that follow are fetched into the same mirror', async (t) => {
  const { repository, url, read } = await open(t, { firstDepth: 1 });
  const first = await repository.commit('One');
  assert.equal((await read({ url, objectId: first })).status, 'found');
  const second = await repository.commit('Two');

  assert.equal((await read({ url, objectId: second })).status, 'found');
  assert.equal((await read({ url, objectId: first })).status, 'found');
});

test('a commit of a SHA-256 repository is found, and a SHA-1 id is not', async (t) => {
  const { root, read } = await open(t);
  const repository = await makeTestRepository(join(root, 'new'), { format: 'sha256' });
  const objectId = await repository.git('rev-parse', 'HEAD');
  const url = `file://${repository.folder}`;

  assert.equal((await read({ url, objectId })).status, 'found');
  assert.deepEqual(summarize(await read({ url, objectId: objectId.slice(0, 40) })), {
    status: 'rejected',
    code: 'revision_absent',
  });
});

test('tags are found: the commit of a light one, the object of an annotated one and its commit', async (t) => {
  const { repository, url, read } = await open(t);
  await repository.git('tag', 'v1.0.0');
  const commit = await repository.commit('Release');
  await repository.git('tag', '--annotate', '--message', 'Release', 'v1.1.0');
  const tag = await repository.git('rev-parse', 'v1.1.0');
  const light = await repository.git('rev-parse', 'v1.0.0');

  const tracked = ['v1.1.0'];
  assert.deepEqual(summarize(await read({ url, objectId: tag, tracked })), {
    status: 'found',
    kind: 'tag',
    objectId: tag,
    containedIn: 'refs/tags/v1.1.0',
  });
  assert.equal((await read({ url, objectId: commit, tracked })).status, 'found');
  assert.equal((await read({ url, objectId: light, tracked: ['v1.0.0'] })).status, 'found');
  assert.equal((await read({ url, objectId: commit, tracked: ['1.*'] })).status, 'found');
  assert.equal((await read({ url, objectId: commit, tracked: [commit] })).status, 'found');
  assert.equal(
    (await read({ url, objectId: commit, tracked: [commit.slice(0, 8)] })).status,
    'found',
  );
  assert.equal((await read({ url, objectId: commit, tracked: ['HEAD'] })).status, 'found');
});

test('a commit of another branch is unreachable, unless the branch is allowed', async (t) => {
  const { repository, url, read } = await open(t);
  await repository.git('checkout', '--quiet', '-b', 'feature');
  const objectId = await repository.commit('Not reviewed');

  assert.deepEqual(summarize(await read({ url, objectId })), {
    status: 'rejected',
    code: 'revision_unreachable',
  });
  const allowed = await read({ url, objectId, tracked: ['main', 'feature'] });
  assert.equal(allowed.status, 'found');
});

test('a commit that no ref contains is unreachable, although the server gives it by its id', async (t) => {
  const { repository, url, read } = await open(t);
  const objectId = await repository.commit('Withdrawn');
  await repository.git('reset', '--quiet', '--hard', 'HEAD~1');

  const reading = await read({ url, objectId, tracked: [objectId] });

  assert.deepEqual(summarize(reading), { status: 'rejected', code: 'revision_unreachable' });
});

test('a commit that a force-push has taken away is not contained any more', async (t) => {
  const { repository, url, read } = await open(t, { firstDepth: 1 });
  await repository.commit('Stays');
  const withdrawn = await repository.commit('Withdrawn');
  assert.equal((await read({ url, objectId: withdrawn })).status, 'found');
  await repository.git('reset', '--quiet', '--hard', 'HEAD~1');
  const replacement = await repository.commit('Replacement');

  assert.deepEqual(summarize(await read({ url, objectId: withdrawn })), {
    status: 'rejected',
    code: 'revision_unreachable',
  });
  assert.deepEqual(summarize(await read({ url, objectId: replacement })), {
    status: 'found',
    kind: 'commit',
    objectId: replacement,
    containedIn: 'refs/heads/main',
  });
});

test('a branch that does not exist, and an object that does not exist, are told apart', async (t) => {
  const { repository, url, read } = await open(t);
  const objectId = await repository.commit('Deploy');

  assert.deepEqual(summarize(await read({ url, objectId, tracked: ['absent'] })), {
    status: 'rejected',
    code: 'ref_absent',
  });
  assert.deepEqual(summarize(await read({ url, objectId: '1'.repeat(40) })), {
    status: 'rejected',
    code: 'revision_absent',
  });
});

test('a tree under the id of a revision is no revision', async (t) => {
  const { repository, url, read } = await open(t);
  await writeFile(join(repository.folder, 'file'), 'content');
  await repository.git('add', '--all');
  await repository.commit('Deploy');
  const objectId = await repository.git('rev-parse', 'HEAD^{tree}');

  const reading = await read({ url, objectId });

  assert.equal(reading.status, 'rejected');
});

test('ids, refs and URLs that look like options or remote helpers reach no program', async (t) => {
  const { repository, url, read, telemetry } = await open(t);
  const objectId = await repository.commit('Deploy');
  const marker = join(repository.folder, 'attacked');

  for (const bad of ['--upload-pack=touch attacked', '-n', 'HEAD', `${objectId}\n`, 'main']) {
    assert.deepEqual(summarize(await read({ url, objectId: bad })), {
      status: 'rejected',
      code: 'repository_refused',
    });
  }
  for (const bad of [`--upload-pack=touch ${marker}`, '-q', 'a..b', 'a:b', 'refs/heads/a b']) {
    const reading = await read({ url, objectId, tracked: [bad] });
    assert.equal(reading.status, 'rejected');
  }
  assert.deepEqual(await telemetry.exposed('holdfast_mirror_fetches_total{'), []);
});

test('a file URL leads only into the configured folders, and not through a link', async (t) => {
  const { repository, root, read } = await open(t);
  const outside = await makeTestRepository(join(await makeTemporaryFolder(t), 'outside'));
  const objectId = await outside.git('rev-parse', 'HEAD');
  await symlink(outside.folder, join(root, 'link'));
  const disguised = join(root, 'disguised');
  await mkdir(disguised);
  await symlink(join(outside.folder, '.git'), join(disguised, '.git'));
  const pointed = join(root, 'pointed');
  await mkdir(pointed);
  await writeFile(join(pointed, '.git'), `gitdir: ${join(outside.folder, '.git')}\n`);

  for (const folder of [outside.folder, join(root, 'link'), disguised, pointed]) {
    assert.deepEqual(summarize(await read({ url: `file://${folder}`, objectId })), {
      status: 'rejected',
      code: 'repository_refused',
    });
  }
  assert.notEqual(repository.folder, outside.folder);
});

test('nothing is checked out: submodules, filters and hooks of a repository do nothing', async (t) => {
  const { repository, url, read, folder } = await open(t);
  const marker = join(repository.folder, '..', 'attacked');
  await writeFile(join(repository.folder, '.gitattributes'), '* filter=attack\n');
  await writeFile(
    join(repository.folder, '.gitmodules'),
    `[submodule "a"]\n\tpath = a\n\turl = ext::touch ${marker}\n`,
  );
  await repository.git('add', '--all');
  const objectId = await repository.commit('Attack');
  await repository.git('config', 'uploadpack.packObjectsHook', `touch ${marker}; exit 1`);

  assert.equal((await read({ url, objectId })).status, 'found');
  const listed = await repository.git('ls-files');
  assert.match(listed, /gitmodules/u);
  await assert.rejects(cp(marker, join(folder, 'copy')), { code: 'ENOENT' });
});

test('a commit larger than the limit is refused unread', async (t) => {
  const { repository, url, read } = await open(t, { objectBytesMax: 4096 });
  const file = join(repository.folder, 'message');
  await writeFile(file, 'x'.repeat(5000));
  await repository.git('commit', '--quiet', '--allow-empty', '--file', file);
  const objectId = await repository.git('rev-parse', 'HEAD');

  assert.deepEqual(summarize(await read({ url, objectId })), {
    status: 'rejected',
    code: 'object_too_large',
  });
});

test('many who ask for one revision cause one fetch', async (t) => {
  const { repository, url, read, telemetry } = await open(t);
  const objectId = await repository.commit('Deploy');

  const readings = await Promise.all(Array.from({ length: 200 }, () => read({ url, objectId })));

  assert.ok(readings.every(({ status }) => status === 'found'));
  assert.deepEqual(await telemetry.exposed('holdfast_mirror_fetches_total{'), [
    'holdfast_mirror_fetches_total{outcome="done"} 1',
  ]);
  assert.deepEqual(await telemetry.exposed('holdfast_mirror_reads_total{'), [
    'holdfast_mirror_reads_total{outcome="found"} 1',
  ]);
});

test('a revision of a tip that was just seen needs no server', async (t) => {
  const { repository, url, root, read } = await open(t, { tipAgeMsMax: 3_600_000 });
  const first = await repository.commit('One');
  const second = await repository.commit('Two');
  assert.equal((await read({ url, objectId: second })).status, 'found');
  await rename(repository.folder, join(root, 'away'));

  assert.equal((await read({ url, objectId: first })).status, 'found');
  assert.equal((await read({ url, objectId: '1'.repeat(40) })).status, 'unavailable');
});

test('a server that is away is unavailable, and works again when it is back', async (t) => {
  const { repository, url, root, read } = await open(t);
  const objectId = await repository.commit('Deploy');
  await rename(repository.folder, join(root, 'away'));
  assert.equal((await read({ url, objectId })).status, 'unavailable');
  await rename(join(root, 'away'), repository.folder);

  assert.equal((await read({ url, objectId })).status, 'found');
});

test('a damaged mirror gives no bytes, and is made again', async (t) => {
  const { repository, url, read, folder } = await open(t);
  const objectId = await repository.commit('Deploy');
  assert.equal((await read({ url, objectId })).status, 'found');
  for (const pack of globSync(join(folder, 'repositories/*/git/objects/pack/*.pack'))) {
    const bytes = await readFile(pack);
    await chmod(pack, 0o600);
    await writeFile(pack, bytes.fill(0x41, 12));
  }

  assert.equal((await read({ url, objectId })).status, 'unavailable');
  assert.equal((await read({ url, objectId })).status, 'found');
});

test('the mirrors that were used least recently make room', async (t) => {
  const { root, read, telemetry } = await open(t, { mirrorsMax: 2 });
  for (const name of ['one', 'two', 'three']) {
    const repository = await makeTestRepository(join(root, name));
    const objectId = await repository.git('rev-parse', 'HEAD');
    assert.equal((await read({ url: `file://${repository.folder}`, objectId })).status, 'found');
  }

  assert.deepEqual(await telemetry.exposed('holdfast_mirrors '), ['holdfast_mirrors 2']);
  assert.deepEqual(await telemetry.exposed('holdfast_mirror_evictions_total '), [
    'holdfast_mirror_evictions_total 1',
  ]);
});

test('what was fetched with one credential is not shown to another', async (t) => {
  const { repository, url, root, read } = await open(t);
  const objectId = await repository.commit('Deploy');
  const credential = { origin: 'argocd/team-a' };
  assert.equal((await read({ url, objectId, credential })).status, 'found');
  await rename(repository.folder, join(root, 'away'));

  const other = await read({ url, objectId, credential: { origin: 'argocd/team-b' } });

  assert.equal(other.status, 'unavailable');
});
