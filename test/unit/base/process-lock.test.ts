import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { Worker } from 'node:worker_threads';

import { tryProcessLock, withProcessLock } from '../../../src/base/process-lock.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';
import { waitUntil } from '../../support/wait-until.ts';

const CONTENDER = join(import.meta.dirname, '..', '..', 'support', 'lock-contender.ts');
const QUICK = { pollMs: 1 };

interface Contender {
  readonly child: ChildProcess;
  /** What it has printed until now. */
  readonly said: () => readonly string[];
  /** Ends it without a warning, while it holds the lock. */
  readonly die: () => Promise<void>;
}

function contend(test: TestContext, lock: string): Contender {
  const child = spawn(process.execPath, [CONTENDER, lock], { stdio: ['pipe', 'pipe', 'inherit'] });
  test.after(() => child.kill('SIGKILL'));
  const chunks: string[] = [];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk));
  const exited = once(child, 'exit');
  return {
    child,
    said: () => chunks.join('').split('\n').filter(Boolean),
    die: async () => {
      child.stdin.write('\n');
      await exited;
    },
  };
}

async function startHolder(test: TestContext, lock: string): Promise<Contender> {
  const holder = contend(test, lock);
  await waitUntil(() => holder.said().includes('held'));
  return holder;
}

describe('withProcessLock()', () => {
  it('gives what the work gives, and makes the folder of the lock', async (test) => {
    const lock = join(await makeTemporaryFolder(test), 'below', 'lock');

    assert.equal(await withProcessLock(lock, () => Promise.resolve('done')), 'done');
    assert.equal(await withProcessLock(lock, () => Promise.resolve('again')), 'again');
  });

  it('releases the lock where the work fails', async (test) => {
    const lock = join(await makeTemporaryFolder(test), 'lock');

    await assert.rejects(
      withProcessLock(lock, () => Promise.reject(new Error('broken'))),
      { message: 'broken' },
    );

    tryProcessLock(lock)?.();
    assert.equal(await withProcessLock(lock, () => Promise.resolve('done'), QUICK), 'done');
  });

  it('lets one work at a time, and says once that it waits', async (test) => {
    const lock = join(await makeTemporaryFolder(test), 'lock');
    let waits = 0;
    let running = 0;
    let runningMax = 0;
    const work = async (): Promise<void> => {
      running += 1;
      runningMax = Math.max(runningMax, running);
      await waitUntil(() => waits > 0);
      running -= 1;
    };
    const options = { ...QUICK, onWait: () => (waits += 1) };

    await Promise.all([withProcessLock(lock, work, options), withProcessLock(lock, work, options)]);

    assert.equal(runningMax, 1);
    assert.equal(waits, 1);
  });

  it('never lets two of the processes that wait for a killed holder have the lock', async (test) => {
    const lock = join(await makeTemporaryFolder(test), 'lock');
    let holder = await startHolder(test, lock);
    const contenders = Array.from({ length: 8 }, () => contend(test, lock));
    let waiting = contenders;
    await waitUntil(() => waiting.every(({ said }) => said().includes('waiting')));

    // Each holder is killed while all the others wait: eight stale locks, one after the other.
    while (waiting.length > 0) {
      await holder.die();
      await waitUntil(() => waiting.some(({ said }) => said().includes('held')));
      const next = waiting.find(({ said }) => said().includes('held'));
      assert.ok(next);
      holder = next;
      waiting = waiting.filter((other) => other !== next);
    }
    await holder.die();

    const said = contenders.map((contender) => contender.said().join(' '));
    assert.deepEqual(
      said,
      contenders.map(() => 'waiting held'),
    );
  });

  it('fails where the lock cannot be opened', async (test) => {
    const folder = await makeTemporaryFolder(test, { 'file/inside': '' });

    await assert.rejects(
      withProcessLock(join(folder, 'file'), () => Promise.resolve('done')),
      { code: 'ERR_SQLITE_ERROR' },
    );
  });
});

describe('tryProcessLock()', () => {
  it('gives the lock to one, in this process, in another thread and in another process', async (test) => {
    const lock = join(await makeTemporaryFolder(test), 'lock');
    const holder = await startHolder(test, lock);
    assert.equal(tryProcessLock(lock), undefined);
    holder.child.kill('SIGKILL');
    await once(holder.child, 'exit');

    const release = tryProcessLock(lock);

    assert.ok(release);
    assert.equal(tryProcessLock(lock), undefined);
    const url = JSON.stringify(new URL('../../../src/base/process-lock.ts', import.meta.url).href);
    const thread = new Worker(
      `import(${url}).then(({ tryProcessLock }) => {
        require('node:worker_threads').parentPort.postMessage(tryProcessLock(${JSON.stringify(lock)}) === undefined);
      })`,
      { eval: true },
    );
    test.after(() => thread.terminate());
    assert.deepEqual(await once(thread, 'message'), [true]);
    release();
    tryProcessLock(lock)?.();
  });

  it('frees the lock of a killed process at once', async (test) => {
    const lock = join(await makeTemporaryFolder(test), 'lock');
    const holder = await startHolder(test, lock);

    holder.child.kill('SIGKILL');
    await once(holder.child, 'exit');

    const release = tryProcessLock(lock);
    assert.ok(release);
    release();
  });

  it('fails where the lock cannot be opened', async (test) => {
    const folder = await makeTemporaryFolder(test, { 'file/inside': '' });

    assert.throws(() => tryProcessLock(join(folder, 'file')), { code: 'ERR_SQLITE_ERROR' });
  });
});
