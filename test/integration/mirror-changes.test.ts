/** What commits change, counted with the real git in mirrors that have neither folders nor files. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { NO_CREDENTIAL } from '../../src/source/mirror/credential.ts';
import type { ChangesReading } from '../../src/source/mirror/read-changes.ts';
import type { MirrorSettings } from '../../src/source/mirror/settings.ts';
import { makeFailingGit } from '../support/git/failing-git.ts';
import { openTestMirrors, repositoryOf } from '../support/git/test-mirrors.ts';
import { makeTestRepository, type TestRepository } from '../support/git/test-repository.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

interface Stage {
  readonly repository: TestRepository;
  /** Writes files, commits everything, and returns the id. */
  readonly change: (files: Readonly<Record<string, string | Buffer>>) => Promise<string>;
  readonly count: (objectId: string) => Promise<ChangesReading>;
  /** Reads the commit into the mirror, and returns how to count one. */
  readonly find: (objectId: string) => Promise<Count>;
}

type Count = (objectId: string) => Promise<ChangesReading>;

interface StageOptions {
  readonly settings?: Partial<MirrorSettings>;
  readonly format?: 'sha1' | 'sha256';
  readonly program?: string;
}

async function open(t: TestContext, options: StageOptions = {}): Promise<Stage> {
  const root = await makeTemporaryFolder(t);
  const { format = 'sha1', settings, program } = options;
  const repository = await makeTestRepository(join(root, 'shop'), { format });
  const { read, mirrors } = await openTestMirrors(t, {
    settings: { fileFolders: [root], ...settings },
    ...(program !== undefined && { program }),
  });
  const url = `file://${repository.folder}`;
  const find = async (objectId: string): Promise<Count> => {
    assert.equal((await read({ url, objectId })).status, 'found');
    const place = { repository: repositoryOf(url), credential: NO_CREDENTIAL, tracked: ['main'] };
    return async (id) => await mirrors.readChanges({ ...place, objectId: id });
  };
  return {
    repository,
    change: async (files) => {
      for (const [name, content] of Object.entries(files)) {
        await mkdir(dirname(join(repository.folder, name)), { recursive: true });
        await writeFile(join(repository.folder, name), content);
      }
      await repository.git('add', '--all');
      return await repository.commit('Change');
    },
    find,
    count: async (objectId) => {
      const count = await find(objectId);
      return await count(objectId);
    },
  };
}

function file(path: string, linesAdded: number | null, linesDeleted: number | null) {
  return { path, linesAdded, linesDeleted };
}

for (const format of ['sha1', 'sha256'] as const) {
  test(`files and lines are counted against the first parent (${format})`, async (t) => {
    const { change, count } = await open(t, { format });
    await change({
      'shop/app.yaml': 'a\nb\nc\n',
      'shop/old.yaml': 'same\n',
      'other/x.yaml': '1\n',
    });
    const objectId = await change({ 'shop/app.yaml': 'a\nB\nc\nd\n', 'shop/new.yaml': '1\n2\n' });

    assert.deepEqual(await count(objectId), {
      status: 'counted',
      changes: {
        filesCount: 2,
        linesAdded: 4,
        linesDeleted: 1,
        uncountedFilesCount: 0,
        files: [file('shop/app.yaml', 2, 1), file('shop/new.yaml', 2, 0)],
        truncated: false,
      },
    });
  });

  test(`the first commit adds everything (${format})`, async (t) => {
    const { repository, change, count } = await open(t, { format });
    await repository.git('checkout', '--quiet', '--orphan', 'root');
    const objectId = await change({ 'a.yaml': '1\n2\n' });
    await repository.git('branch', '--force', 'main', objectId);

    const reading = await count(objectId);

    assert.deepEqual(reading.status === 'counted' && reading.changes.files, [file('a.yaml', 2, 0)]);
  });
}

test('a commit without a change has none', async (t) => {
  const { repository, count } = await open(t);
  assert.deepEqual(await count(await repository.commit('Empty')), {
    status: 'counted',
    changes: {
      filesCount: 0,
      linesAdded: 0,
      linesDeleted: 0,
      uncountedFilesCount: 0,
      files: [],
      truncated: false,
    },
  });
});

test('a merge is what it brings to the branch', async (t) => {
  const { repository, change, count } = await open(t);
  await change({ 'a.yaml': '1\n' });
  await repository.git('checkout', '--quiet', '-b', 'feature');
  await change({ 'b.yaml': '1\n2\n3\n' });
  await repository.git('checkout', '--quiet', 'main');
  await change({ 'c.yaml': '1\n' });
  await repository.git('merge', '--quiet', '--no-ff', '--message', 'Merge', 'feature');

  const reading = await count(await repository.git('rev-parse', 'HEAD'));

  assert.deepEqual(reading.status === 'counted' && reading.changes.files, [file('b.yaml', 3, 0)]);
});

test('a moved file has no lines, and a moved and changed one is two files', async (t) => {
  const { repository, change, count } = await open(t);
  await change({ 'moved.yaml': '1\n2\n', 'edited.yaml': '1\n2\n3\n4\n' });
  await repository.git('mv', 'moved.yaml', 'there.yaml');
  await repository.git('mv', 'edited.yaml', 'renamed.yaml');
  const reading = await count(await change({ 'renamed.yaml': '1\n2\n3\nfour\n' }));

  assert.deepEqual(reading.status === 'counted' && reading.changes.files, [
    file('edited.yaml', 0, 4),
    file('renamed.yaml', 4, 0),
    file('there.yaml', 0, 0),
  ]);
});

test('binary and very large files are changed files without lines', async (t) => {
  const { change, count } = await open(t);
  const objectId = await change({
    'chart.tgz': Buffer.from([0, 1, 2, 0]),
    'huge.yaml': 'x\n'.repeat(1024 * 1024),
    'app.yaml': '1\n',
  });

  const reading = await count(objectId);

  assert.deepEqual(reading.status === 'counted' && reading.changes, {
    filesCount: 3,
    linesAdded: 1,
    linesDeleted: 0,
    uncountedFilesCount: 2,
    files: [file('app.yaml', 1, 0), file('chart.tgz', null, null), file('huge.yaml', null, null)],
    truncated: false,
  });
});

test('attributes, external diffs and text conversions of the repository change no count', async (t) => {
  const { repository, change, count } = await open(t);
  const attributes = '*.yaml binary diff=evil\n';
  await repository.git('config', 'diff.evil.textconv', 'false');
  await repository.git('config', 'diff.evil.command', 'false');
  const reading = await count(await change({ '.gitattributes': attributes, 'a.yaml': '1\n2\n' }));

  assert.deepEqual(reading.status === 'counted' && reading.changes.files, [
    file('.gitattributes', 1, 0),
    file('a.yaml', 2, 0),
  ]);
});

test('the oldest commit of a shallow mirror is compared with its parent, which is fetched', async (t) => {
  const { repository, change, count } = await open(t, { settings: { firstDepth: 1 } });
  await change({ 'a.yaml': '1\n', 'b.yaml': '1\n' });
  const objectId = await change({ 'a.yaml': '1\n2\n' });

  const reading = await count(objectId);

  assert.deepEqual(reading.status === 'counted' && reading.changes.files, [file('a.yaml', 1, 0)]);
  // And the next commit is found as usual.
  await repository.commit('Next');
  const next = await count(await change({ 'b.yaml': '2\n' }));
  assert.deepEqual(next.status === 'counted' && next.changes.files, [file('b.yaml', 1, 1)]);
});

test('of more files than are counted, their number is known', async (t) => {
  const { change, count } = await open(t);
  const files = Array.from({ length: 1001 }, (_, index) => `f/${index}.yaml`);
  const reading = await count(
    await change(Object.fromEntries(files.map((name) => [name, `${name}\n`]))),
  );

  assert.ok(reading.status === 'counted');
  const { files: listed, ...counts } = reading.changes;
  assert.deepEqual(counts, {
    filesCount: 1001,
    linesAdded: null,
    linesDeleted: null,
    uncountedFilesCount: 1001,
    truncated: true,
  });
  assert.deepEqual([listed.length, listed[0]], [50, file('f/0.yaml', null, null)]);
});

test('long paths are counted, and not listed', async (t) => {
  const { change, count } = await open(t);
  const folder = Array.from({ length: 15 }, () => 'd'.repeat(200)).join('/');
  const reading = await count(await change({ [`a/${folder}`]: '1\n', [`b/${folder}`]: '1\n' }));

  assert.ok(reading.status === 'counted');
  const { filesCount, linesAdded, files, truncated } = reading.changes;
  assert.deepEqual([filesCount, linesAdded, files.length, truncated], [2, 2, 1, true]);
});

test('a server that does not filter has sent everything already', async (t) => {
  const { repository, change, count } = await open(t);
  await repository.git('config', 'uploadpack.allowFilter', 'false');
  await change({ 'a.yaml': '1\n' });
  const reading = await count(await change({ 'a.yaml': '2\n' }));

  assert.deepEqual(reading.status === 'counted' && reading.changes.files, [file('a.yaml', 1, 1)]);
});

test('files that are too large to be fetched are counted without lines', async (t) => {
  const { change, count } = await open(t);
  // Random, so that it is as large on the way.
  const reading = await count(await change({ 'a.bin': randomBytes(33 * 1024 * 1024), b: '1\n' }));

  assert.ok(reading.status === 'counted');
  const { filesCount, linesAdded, uncountedFilesCount } = reading.changes;
  assert.deepEqual([filesCount, linesAdded, uncountedFilesCount], [2, null, 2]);
});

test('while the server is away nobody can tell, and what was counted is counted again', async (t) => {
  const { repository, change, find, count } = await open(t);
  const counted = await change({ 'a.yaml': '1\n' });
  const found = await change({ 'a.yaml': '2\n' });
  const before = await count(counted);
  await find(found);
  const question = await find(counted);
  const inner = join(repository.folder, '.git');
  await rename(inner, join(repository.folder, 'away'));

  assert.equal((await question(found)).status, 'unavailable');
  assert.deepEqual(await question(counted), before);
});

for (const [words, status] of [
  [' cat-file --batch ', 'unavailable'],
  [' --raw ', 'unavailable'],
  [' fetch ', 'unavailable'],
  [' --batch-check ', 'counted'],
  [' --numstat ', 'counted'],
] as const) {
  test(`where${words}fails, no lines are made up: ${status}`, async (t) => {
    const git = await makeFailingGit(t);
    const { change, find } = await open(t, { program: git.program });
    await change({ 'app.yaml': 'a\n' });
    const objectId = await change({ 'app.yaml': 'b\n' });
    const count = await find(objectId);

    await git.fail(words);
    const reading = await count(objectId);

    assert.equal(reading.status, status);
    if (reading.status === 'counted') assert.equal(reading.changes.linesAdded, null);
  });
}

for (const words of [' --raw ', ' --numstat ']) {
  test(`where${words}prints something else, no lines are made up`, async (t) => {
    const git = await makeFailingGit(t);
    const { change, find } = await open(t, { program: git.program });
    await change({ 'app.yaml': 'a\n' });
    const objectId = await change({ 'app.yaml': 'b\n' });
    const count = await find(objectId);

    await git.print(words, 'something else');
    const reading = await count(objectId);

    if (reading.status === 'counted') assert.equal(reading.changes.linesAdded, null);
    else assert.equal(reading.status, 'unavailable');
  });
}
