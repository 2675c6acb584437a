/** The files of commits of local repositories, fetched with the real git. */
import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { NO_CREDENTIAL } from '../../src/source/mirror/credential.ts';
import {
  openTreeStore,
  type CommitTree,
  type TreeStore,
} from '../../src/source/mirror/tree-store.ts';
import { systemClock } from '../../src/base/clock.ts';
import { makeFailingGit } from '../support/git/failing-git.ts';
import { openTestMirrors, repositoryOf } from '../support/git/test-mirrors.ts';
import { makeTestRepository, type TestRepository } from '../support/git/test-repository.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

interface Stage {
  readonly repository: TestRepository;
  readonly store: TreeStore;
  readonly storeFolder: string;
  /** How often a tree was fetched. */
  readonly fetches: () => number;
  readonly commit: (files: Readonly<Record<string, string>>) => Promise<string>;
  readonly use: <Result>(
    objectId: string,
    work: (tree: CommitTree) => Promise<Result>,
  ) => ReturnType<typeof TreeStore.prototype.use<Result>>;
}

async function open(
  t: TestContext,
  format: 'sha1' | 'sha256' = 'sha1',
  program?: string,
): Promise<Stage> {
  const root = await makeTemporaryFolder(t);
  const repository = await makeTestRepository(join(root, 'shop'), { format });
  const { mirrors } = await openTestMirrors(t, {
    settings: { fileFolders: [root] },
    ...(program !== undefined && { program }),
  });
  let fetches = 0;
  const storeFolder = join(root, 'trees');
  const store = await openTreeStore({
    folder: storeFolder,
    clock: systemClock,
    mirrors: {
      readTree: async (request, target) => {
        fetches += 1;
        return await mirrors.readTree(request, target);
      },
    },
  });
  const url = `file://${repository.folder}`;
  return {
    repository,
    store,
    storeFolder,
    fetches: () => fetches,
    commit: async (files) => {
      for (const [name, content] of Object.entries(files)) {
        const path = join(repository.folder, name);
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, content);
      }
      await repository.git('add', '--all');
      return await repository.commit('Change');
    },
    use: (objectId, work) =>
      store.use(
        { repository: repositoryOf(url), credential: NO_CREDENTIAL, objectId, tracked: ['main'] },
        work,
      ),
  };
}

/** Every path of the tree with its content, and what was noted about it. */
async function describeTree({ root, reading }: CommitTree) {
  const files: Record<string, string> = {};
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(root.length + 1);
    if (entry.isSymbolicLink()) files[name] = `-> ${await readlink(path)}`;
    else if (entry.isFile()) files[name] = await readFile(path, 'utf8');
  }
  const { fault, omitted } = reading;
  return { files, fault, omitted };
}

for (const format of ['sha1', 'sha256'] as const) {
  test(`files of a ${format} commit are those that were committed, older and newer ones apart`, async (t) => {
    const { commit, use, repository } = await open(t, format);
    const first = await commit({
      'deploy/a.yaml': 'a: 1\n',
      'deploy/deep/b.yaml': 'b\r\n',
      'x y': '',
    });
    await symlink('a.yaml', join(repository.folder, 'deploy/link.yaml'));
    const second = await commit({ 'deploy/a.yaml': 'a: 2\n' });
    const nothing = { fault: undefined, omitted: [] };
    assert.deepEqual(await use(first, describeTree), {
      ...nothing,
      files: { 'deploy/a.yaml': 'a: 1\n', 'deploy/deep/b.yaml': 'b\r\n', 'x y': '' },
    });
    assert.deepEqual(await use(second, describeTree), {
      ...nothing,
      files: {
        'deploy/a.yaml': 'a: 2\n',
        'deploy/deep/b.yaml': 'b\r\n',
        'deploy/link.yaml': '-> a.yaml',
        'x y': '',
      },
    });
  });
}

test('a commit is fetched once, however many use its files', async (t) => {
  const { commit, use, fetches, store, storeFolder } = await open(t);
  const objectId = await commit({ 'a.yaml': 'a: 1\n' });
  const read = async ({ root }: CommitTree) => await readFile(join(root, 'a.yaml'), 'utf8');
  const all = await Promise.all(Array.from({ length: 20 }, () => use(objectId, read)));
  assert.deepEqual(new Set(all), new Set(['a: 1\n']));
  assert.equal(await use(objectId, read), 'a: 1\n');
  assert.equal(fetches(), 1);
  await store.close();
  assert.deepEqual(await readdir(storeFolder), []);
});

test('what was used longest ago makes room, and is fetched again when it is needed', async (t) => {
  const { commit, use, fetches, storeFolder } = await open(t);
  const ids: string[] = [];
  for (let count = 0; count < 18; count += 1) ids.push(await commit({ a: String(count) }));
  const read = async ({ root }: CommitTree) => await readFile(join(root, 'a'), 'utf8');
  for (const [count, objectId] of ids.entries()) {
    assert.equal(await use(objectId, read), String(count));
  }
  assert.equal((await readdir(storeFolder)).length, 16);
  assert.equal(await use(ids[0] ?? '', read), '0');
  assert.equal(fetches(), 19);
});

test('what a checkout would make differently is a fault', async (t) => {
  const { commit, use, repository } = await open(t);
  const faultOf = async (objectId: string) =>
    await use(objectId, async ({ reading }) => reading.fault ?? 'none');
  assert.equal(await faultOf(await commit({ '.gitattributes': '*.sh text eol=lf\n' })), 'none');
  assert.equal(
    await faultOf(await commit({ 'secrets/.gitattributes': '* filter=git-crypt\n' })),
    '"secrets/.gitattributes" has attributes by which a checkout changes files',
  );
  await repository.git('rm', '-q', '-r', 'secrets');
  const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n';
  assert.equal(
    await faultOf(await commit({ 'a.yaml': pointer })),
    '"a.yaml" is kept by git-lfs, which is not asked',
  );
  const head = await repository.git('rev-parse', 'HEAD');
  await repository.git('rm', '-q', 'a.yaml');
  await repository.git('update-index', '--add', '--cacheinfo', `160000,${head},modules/one`);
  const withModule = await repository.commit('Submodule');
  assert.equal(await faultOf(withModule), '"modules/one" is a submodule, which is not fetched');
});

test('a file that is too large is left out and named', async (t) => {
  const { commit, use } = await open(t);
  const objectId = await commit({ 'big.bin': 'x'.repeat(5_000_000), 'a.yaml': 'a: 1\n' });
  assert.deepEqual(await use(objectId, describeTree), {
    files: { 'a.yaml': 'a: 1\n' },
    fault: undefined,
    omitted: ['big.bin'],
  });
});

test('a commit that is not there, or a server that is away, gives no files and is asked again', async (t) => {
  const { commit, use, fetches } = await open(t);
  const objectId = await commit({ a: '1' });
  const absent = 'f'.repeat(40);
  const read = async () => 'read';
  for (let count = 1; count <= 2; count += 1) {
    const failure = await use(absent, read);
    assert.equal(typeof failure === 'object' && failure.status, 'rejected');
    assert.equal(fetches(), count);
  }
  assert.equal(await use(objectId, read), 'read');
});

test('a link or a file cannot be written outside of the folder', async (t) => {
  const { use, repository } = await open(t);
  const blob = await repository.git('hash-object', '-w', '/dev/null');
  const tree = Buffer.concat([Buffer.from('100644 ../evil\0'), Buffer.from(blob, 'hex')]);
  const file = join(repository.folder, '.git', 'evil-tree');
  await writeFile(file, tree);
  const treeId = await repository.git('hash-object', '-w', '-t', 'tree', '--literally', file);
  const commitId = await repository.git('commit-tree', treeId, '-m', 'Evil');
  await repository.git('update-ref', 'refs/heads/main', commitId);
  const outcome = await use(commitId, async () => 'read');
  assert.notEqual(outcome, 'read');
});

async function statusOf(use: Stage['use'], objectId: string): Promise<string> {
  const used = await use(objectId, async () => ({ status: 'read' }));
  return used.status;
}

for (const words of [' init ', ' fetch ', ' --batch-check ', ' --batch ']) {
  test(`where${words}fails, there is no tree`, async (t) => {
    const git = await makeFailingGit(t);
    const { commit, use } = await open(t, 'sha1', git.program);
    const objectId = await commit({ 'app.yaml': 'a\n' });

    await git.fail(words);

    assert.deepEqual(await statusOf(use, objectId), 'unavailable');
  });
}

for (const words of [' --batch-check ', ' --batch ']) {
  test(`where${words}prints something else, there is no tree`, async (t) => {
    const git = await makeFailingGit(t);
    const { commit, use } = await open(t, 'sha1', git.program);
    const objectId = await commit({ 'app.yaml': 'a\n' });

    await git.print(words, 'something else');

    assert.deepEqual(await statusOf(use, objectId), 'unavailable');
  });
}
