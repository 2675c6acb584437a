import assert from 'node:assert/strict';
import { readFile, realpath, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  copyTree,
  findTreeFault,
  isInside,
  openSourceFolder,
} from '../../../../src/source/render/tree.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

const LIMITS = { entriesMax: 100, bytesMax: 1000 };

test('isInside() knows what is below a folder', () => {
  assert.ok(isInside('/a', '/a'));
  assert.ok(isInside('/a', '/a/b'));
  assert.ok(isInside('/a', '/a/..b'));
  assert.ok(!isInside('/a', '/ab'));
  assert.ok(!isInside('/a/b', '/a'));
  assert.ok(!isInside('/a/b', '/a/c'));
});

test('openSourceFolder() opens folders of the tree, and nothing else', async (t) => {
  const root = await realpath(
    await makeTemporaryFolder(t, { 'tree/app/a.yaml': '', 'other/b': '' }),
  );
  await symlink(join(root, 'other'), join(root, 'tree/out'));
  const tree = join(root, 'tree');
  assert.deepEqual(await openSourceFolder(tree, 'app'), {
    ok: true,
    source: { root: tree, folder: join(tree, 'app') },
  });
  for (const [path, reason] of [
    ['../other', '"../other" leads out of the repository'],
    ['out', '"out" leads out of the repository'],
    ['app/a.yaml', '"app/a.yaml" is no folder'],
    ['none', 'there is no folder "none"'],
  ] as const) {
    assert.deepEqual(await openSourceFolder(tree, path), { ok: false, reason });
  }
});

test('findTreeFault() finds links that lead out, also by way of other links', async (t) => {
  const root = await realpath(
    await makeTemporaryFolder(t, { 'tree/a/b/c': '', 'tree/file': '', secret: '' }),
  );
  const tree = join(root, 'tree');
  await symlink('../file', join(tree, 'a/good'));
  await symlink('nowhere', join(tree, 'a/dangling'));
  assert.equal(await findTreeFault(tree, LIMITS), undefined);
  await symlink('../..', join(tree, 'a/b/up'));
  assert.equal(await findTreeFault(tree, LIMITS), undefined);
  // Without following "up" this is a path in the tree.
  await symlink('a/b/up/../secret', join(tree, 'sly'));
  assert.equal(await findTreeFault(tree, LIMITS), 'the link "sly" leads out of the repository');
});

test('findTreeFault() refuses what is too large', async (t) => {
  const root = await realpath(await makeTemporaryFolder(t, { a: 'x'.repeat(10), b: '' }));
  assert.equal(
    await findTreeFault(root, { entriesMax: 1, bytesMax: 100 }),
    'the tree is too large',
  );
  assert.equal(await findTreeFault(root, { entriesMax: 9, bytesMax: 9 }), 'the tree is too large');
});

test('copyTree() copies the tree without its history', async (t) => {
  const root = await realpath(
    await makeTemporaryFolder(t, { 'tree/app/a': 'text', 'tree/.git/x': '' }),
  );
  const tree = join(root, 'tree');
  const copied = await copyTree({ root: tree, folder: join(tree, 'app') }, join(root, 'copy'));
  assert.deepEqual(copied, { root: join(root, 'copy'), folder: join(root, 'copy/app') });
  assert.equal(await readFile(join(root, 'copy/app/a'), 'utf8'), 'text');
  await assert.rejects(readFile(join(root, 'copy/.git/x')));
});
