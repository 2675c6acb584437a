import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { GCProfiler, type GCProfilerResult } from 'node:v8';

import { addMs, systemClock } from '../../../src/base/clock.ts';
import type { PoolRequest, PoolResult } from '../../../src/policy/pool-job.ts';
import { WorkerPool } from '../../../src/policy/worker-pool.ts';

const DYING_WORKER = new URL('../../fixtures/workers/dying-worker.ts', import.meta.url);
const EMPTY_MODULE = new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));

interface PoolUnderTest {
  readonly pool: WorkerPool;
  readonly restarts: readonly string[];
  readonly run: (text: string, request?: Partial<PoolRequest>) => Promise<PoolResult>;
}

function makePool(
  test: TestContext,
  data: Readonly<Record<string, unknown>> = {},
  workers = 2,
): PoolUnderTest {
  const restarts: string[] = [];
  const pool = new WorkerPool(
    {
      module: EMPTY_MODULE,
      data,
      memoryPagesMax: 64,
      entry: DYING_WORKER,
      workers,
      queueLengthMax: 100,
      clock: systemClock,
    },
    { killed: () => {}, restarted: (reason) => restarts.push(reason) },
  );
  test.after(() => pool.close());
  const run = (text: string, request: Partial<PoolRequest> = {}): Promise<PoolResult> =>
    pool.run({
      input: Buffer.from(text),
      isLong: false,
      budgetMs: 1000,
      allowanceMs: 0,
      deadlineAtMs: addMs(systemClock.monotonicMs(), 5000),
      isSuspect: () => false,
      isQuarantined: () => false,
      ...request,
    });
  return { pool, restarts, run };
}

describe('WorkerPool', () => {
  it('replaces a worker that dies; only the job that ran fails', async (test) => {
    const { pool, restarts, run } = makePool(test);
    await pool.ready();
    const texts = Array.from({ length: 30 }, (_, index) => (index === 10 ? 'die' : `job ${index}`));

    const results = await Promise.all(texts.map((text) => run(text)));

    assert.deepEqual(
      results,
      texts.map((text) =>
        text === 'die'
          ? {
              status: 'failed',
              code: 'policy_worker_died',
              reason: 'the worker died: this worker dies',
            }
          : { status: 'completed', text, ranMs: 0 },
      ),
    );
    assert.deepEqual(restarts, ['this worker dies']);
  });

  it('says why it is not ready where its workers cannot start', async (test) => {
    const { pool } = makePool(test, { dieAtStart: true });

    await assert.rejects(pool.ready(), {
      code: 'policy_worker_died',
      message: 'A policy worker cannot start: this worker never lived',
    });
  });

  it('fails jobs that no worker takes before their deadline', async (test) => {
    const { run } = makePool(test, { dieAtStart: true });

    assert.deepEqual(await run('job', { deadlineAtMs: addMs(systemClock.monotonicMs(), 20) }), {
      status: 'failed',
      code: 'request_deadline_exceeded',
      reason: 'no worker was free in time',
    });
  });

  it('runs suspects too, and not what is in quarantine when its turn comes', async (test) => {
    const { run } = makePool(test);
    const suspect = { isSuspect: () => true };

    const results = await Promise.all([
      run('a', suspect),
      run('b', { ...suspect, isQuarantined: () => true }),
      run('c', { isQuarantined: () => true }),
      run('d', suspect),
      run('e'),
    ]);

    assert.deepEqual(
      results.map((result) => (result.status === 'completed' ? result.text : result.code)),
      ['a', 'policy_quarantined', 'policy_quarantined', 'd', 'e'],
    );
  });

  it('gives what waits behind a long job to the spare, and holds nothing against the job', async (test) => {
    const gate = new SharedArrayBuffer(4);
    const { pool, run, restarts } = makePool(test, { gate }, 1);
    await pool.ready();
    let slow = 0;
    const large = { allowanceMs: 60_000, budgetMs: 120_000, onSlow: () => (slow += 1) };
    const held = run('hold', large);

    const others = await Promise.all([run('a'), run('b')]);

    Atomics.store(new Int32Array(gate), 0, 1);
    Atomics.notify(new Int32Array(gate), 0);
    const completed = (text: string): PoolResult => ({ status: 'completed', text, ranMs: 0 });
    assert.deepEqual([...others, await held], ['a', 'b', 'hold'].map(completed));
    assert.deepEqual([slow, restarts], [0, []]);
  });

  it('is no reason to wait while all that it has is known to run long', async (test) => {
    const gate = new SharedArrayBuffer(4);
    const { pool, run } = makePool(test, { gate }, 1);
    await pool.ready();
    const patient = { budgetMs: 120_000, allowanceMs: 60_000 };
    const held = run('hold', { ...patient, isLong: true });
    const idle = [pool.isIdleOrStuck];
    await run('a', patient);
    idle.push(pool.isIdleOrStuck);
    Atomics.store(new Int32Array(gate), 0, 1);
    Atomics.notify(new Int32Array(gate), 0);
    await held;

    assert.deepEqual([...idle, pool.isIdleOrStuck], [true, true, true]);
  });

  it('runs suspects beside the others with one worker, again and again', async (test) => {
    const { pool, run, restarts } = makePool(test, {}, 1);
    await pool.ready();
    for (let round = 0; round < 20; round += 1) {
      const results = await Promise.all([
        run('a'),
        run('b', { isSuspect: () => true }),
        run('c'),
        run('d', { isSuspect: () => true }),
      ]);

      assert.deepEqual(
        results.map((result) => (result.status === 'completed' ? result.text : result.code)),
        ['a', 'b', 'c', 'd'],
      );
    }
    assert.deepEqual([pool.queueLength, restarts], [0, []]);
  });

  it('is idle before and after its work, and not when it is closed', async (test) => {
    const { pool, run } = makePool(test);
    const idle = [pool.isIdleOrStuck];
    await run('a');
    idle.push(pool.isIdleOrStuck);
    await pool.close();

    assert.deepEqual([...idle, pool.isIdleOrStuck], [true, true, false]);
  });

  it('fails what it has when it is closed, and everything afterwards', async (test) => {
    const { pool, run } = makePool(test);
    const waiting = run('job');

    await pool.close();

    assert.deepEqual(
      [await waiting, await run('job')],
      [
        {
          status: 'failed',
          code: 'policy_worker_died',
          reason: 'the policy engine was closed',
        },
        { status: 'failed', code: 'policy_worker_died', reason: 'the policy engine is closed' },
      ],
    );
  });

  it('leaves finished jobs to the collections of the young generation', async (test) => {
    const { pool, run } = makePool(test, {}, 1);
    await pool.ready();
    const profiler = new GCProfiler();
    profiler.start();
    let left = JOBS;
    const runOneAfterAnother = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        const ballast = Array.from({ length: BALLAST_ITEMS }, () => ({ left }));
        await run('job', { isSuspect: () => ballast.length === 0 });
      }
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, runOneAfterAnother));

    const promotedJobs = promotedBytes(profiler.stop()) / BALLAST_BYTES_MIN;
    // Those in flight at two collections in a row may be. Finished ones that keep one another alive would be most of the jobs.
    assert.ok(promotedJobs < JOBS / 10, `${promotedJobs} of ${JOBS} jobs`);
  });
});

const JOBS = 10_000;
const IN_FLIGHT = 32;
const BALLAST_ITEMS = 500;
/** Each item has at least a header and a field, beside its place in the array. */
const BALLAST_BYTES_MIN = BALLAST_ITEMS * 24;

/** What collections of the young generation moved to the old one. */
function promotedBytes(result: GCProfilerResult | undefined): number {
  const scavenges = result?.statistics.filter(({ gcType }) => gcType === 'Scavenge') ?? [];
  assert.ok(scavenges.length > 0);
  return scavenges.reduce(
    (sum, { beforeGC, afterGC }) =>
      sum + oldGenerationBytes(afterGC) - oldGenerationBytes(beforeGC),
    0,
  );
}

function oldGenerationBytes({ heapSpaceStatistics }: HeapSpaces): number {
  return heapSpaceStatistics.find(({ spaceName }) => spaceName === 'old_space')?.spaceUsedSize ?? 0;
}

interface HeapSpaces {
  readonly heapSpaceStatistics: readonly {
    readonly spaceName: string;
    readonly spaceUsedSize: number;
  }[];
}
