import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';

import { tryInstallLock, withInstallLock } from '../../src/install-lock.mjs';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const nobodyLives = (): boolean => false;

describe('withInstallLock()', () => {
  it('gives what the work gives, and the next one gets the lock of a holder that released it', async (test) => {
    const folder = await makeTemporaryFolder(test);
    const lock = join(folder, 'lock');

    assert.equal(
      withInstallLock(lock, () => readFileSync(`${lock}.1`, 'utf8')),
      String(process.pid),
    );
    assert.equal(
      withInstallLock(lock, () => 'again'),
      'again',
    );

    assert.deepEqual(readdirSync(folder), ['lock.2']);
  });

  it('releases the lock where the work fails', async (test) => {
    const lock = join(await makeTemporaryFolder(test), 'lock');

    assert.throws(
      () =>
        withInstallLock(lock, () => {
          throw new Error('broken');
        }),
      { message: 'broken' },
    );

    assert.equal(readFileSync(`${lock}.1`, 'utf8'), '');
  });

  it('says once for whom it waits, and takes the lock over when the holder is gone', async (test) => {
    const lock = join(await makeTemporaryFolder(test), 'lock');
    writeFileSync(`${lock}.7`, '4711');
    const told: unknown[] = [];
    let looks = 0;

    const result = withInstallLock(lock, () => 'done', {
      onWait: (holder, file) => told.push([holder, file]),
      isAlive: () => (looks += 1) < 3,
      pollMs: 1,
    });

    assert.equal(result, 'done');
    assert.deepEqual(told, [[4711, `${lock}.7`]]);
  });
});

describe('tryInstallLock()', () => {
  it('does not give the lock that a living process holds', async (test) => {
    const lock = join(await makeTemporaryFolder(test), 'lock');
    writeFileSync(`${lock}.1`, String(process.pid));

    assert.deepEqual(tryInstallLock(lock), { file: `${lock}.1`, holder: process.pid });
  });

  it('takes over the lock of a process that is gone', async (test) => {
    const lock = join(await makeTemporaryFolder(test), 'lock');
    const { pid } = spawnSync(process.execPath, ['--version']);
    writeFileSync(`${lock}.1`, String(pid));

    assert.ok(tryInstallLock(lock).release);
  });

  it('gives a stale lock to one of two waiters that both found its holder dead', async (test) => {
    const lock = join(await makeTemporaryFolder(test), 'lock');
    writeFileSync(`${lock}.1`, '4711');
    let first: ReturnType<typeof tryInstallLock> | undefined;

    // The second waiter looks at the dead holder, and goes on only when the first one has the lock.
    const second = tryInstallLock(lock, () => {
      first = tryInstallLock(lock, nobodyLives);
      return false;
    });

    assert.ok(first?.release);
    assert.deepEqual(second, { file: `${lock}.2` });
    assert.equal(tryInstallLock(lock).holder, process.pid);
  });

  it('does not give the lock to a waiter whose look at the folder is several holders old', async (test) => {
    const lock = join(await makeTemporaryFolder(test), 'lock');
    writeFileSync(`${lock}.1`, '4711');

    const slow = tryInstallLock(lock, () => {
      tryInstallLock(lock, nobodyLives).release?.();
      tryInstallLock(lock, nobodyLives).release?.();
      assert.ok(tryInstallLock(lock, nobodyLives).release);
      return false;
    });

    assert.equal(slow.release, undefined);
    assert.deepEqual(tryInstallLock(lock), { file: `${lock}.4`, holder: process.pid });
  });
});
