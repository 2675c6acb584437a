import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';

import { withFolderLock } from '../../../src/base/folder-lock.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';
import { waitUntil } from '../../support/wait-until.ts';

const QUICK = { pollMs: 1 };

describe('withFolderLock()', () => {
  it('gives what the work gives, and leaves no lock', async (test) => {
    const lock = join(await makeTemporaryFolder(test), 'below', 'lock');

    const result = await withFolderLock(lock, () => readFile(lock, 'utf8'));

    assert.equal(result, String(process.pid));
    await assert.rejects(readFile(lock), { code: 'ENOENT' });
  });

  it('leaves no lock where the work fails', async (test) => {
    const lock = join(await makeTemporaryFolder(test), 'lock');

    await assert.rejects(
      withFolderLock(lock, () => Promise.reject(new Error('broken'))),
      { message: 'broken' },
    );

    await assert.rejects(readFile(lock), { code: 'ENOENT' });
  });

  it('lets one work at a time, and tells a waiter once who holds the lock', async (test) => {
    const lock = join(await makeTemporaryFolder(test), 'lock');
    const told: string[] = [];
    let running = 0;
    let runningMax = 0;
    const work = async (): Promise<void> => {
      running += 1;
      runningMax = Math.max(runningMax, running);
      await waitUntil(() => told.length > 0);
      running -= 1;
    };
    const options = { ...QUICK, onWait: (holder: string) => told.push(holder) };

    await Promise.all([withFolderLock(lock, work, options), withFolderLock(lock, work, options)]);

    assert.equal(runningMax, 1);
    assert.deepEqual(told, [String(process.pid)]);
  });

  it('takes over the lock of a process that is gone', async (test) => {
    const lock = join(await makeTemporaryFolder(test), 'lock');
    const { pid } = spawnSync('true');
    await writeFile(lock, String(pid));

    assert.equal(await withFolderLock(lock, () => Promise.resolve('done'), QUICK), 'done');
  });

  it('takes over an old lock that names nobody', async (test) => {
    const lock = join(await makeTemporaryFolder(test), 'lock');
    await writeFile(lock, '');
    const longAgo = new Date('2020-01-01T00:00:00Z');
    await utimes(lock, longAgo, longAgo);

    assert.equal(await withFolderLock(lock, () => Promise.resolve('done'), QUICK), 'done');
  });

  it('fails where the lock cannot be written', async (test) => {
    const folder = await makeTemporaryFolder(test, { 'file/inside': '' });

    await assert.rejects(
      withFolderLock(join(folder, 'file'), () => Promise.resolve('done'), QUICK),
      { code: 'EISDIR' },
    );
  });
});
