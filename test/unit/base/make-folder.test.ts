import assert from 'node:assert/strict';
import { mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeFolder } from '../../../src/base/make-folder.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';

test('makes a folder with all that is above it, in the given mode, and leaves one that is there', async (t) => {
  const folder = await makeTemporaryFolder(t, {});
  const path = join(folder, 'a', 'b', 'c');
  makeFolder(path, { mode: 0o700 });
  for (const made of [path, join(folder, 'a')]) {
    assert.equal(statSync(made).mode & 0o777, 0o700);
  }
  makeFolder(path, { mode: 0o755 });
  assert.equal(statSync(path).mode & 0o777, 0o700);
  makeFolder('/');
});

test('follows a symbolic link to a folder', async (t) => {
  const folder = await makeTemporaryFolder(t, {});
  mkdirSync(join(folder, 'real'));
  symlinkSync('real', join(folder, 'link'));
  makeFolder(join(folder, 'link'));
  makeFolder(join(folder, 'link', 'below'));
  assert.ok(statSync(join(folder, 'real', 'below')).isDirectory());
});

test('ends where a file system takes no folders, and says what to do', () => {
  for (const path of ['/proc/x', '/proc/x/y/z']) {
    assert.throws(() => makeFolder(path), {
      code: 'ENOTSUP',
      path: '/proc/x',
      message:
        'The folder "/proc/x" cannot be made: the file system above it takes no new folders. Name a folder on a disk that this user may write to',
    });
  }
});

test('refuses a file, what is below a file, and a link that leads nowhere', async (t) => {
  const folder = await makeTemporaryFolder(t, {});
  const file = join(folder, 'file');
  writeFileSync(file, '');
  symlinkSync('nowhere', join(folder, 'link'));
  assert.throws(() => makeFolder(file), { code: 'EEXIST', path: file });
  assert.throws(() => makeFolder(join(file, 'below')), { code: 'ENOTDIR' });
  assert.throws(() => makeFolder(join(folder, 'link')), { code: 'EEXIST' });
});
