import assert from 'node:assert/strict';
import { test } from 'node:test';

import { monotonicMs } from '../../../src/base/clock.ts';
import { PoolProgress } from '../../../src/policy/pool-progress.ts';

const USUAL = { isLong: false };
const LONG = { isLong: true };

interface Timed {
  readonly progress: PoolProgress;
  readonly setMs: (ms: number) => void;
}

function makeProgress(): Timed {
  let nowMs = 0;
  const progress = new PoolProgress({ monotonicMs: () => monotonicMs(nowMs) });
  return { progress, setMs: (ms) => (nowMs = ms) };
}

test('PoolProgress is idle without jobs', () => {
  const { progress } = makeProgress();
  const before = [progress.isIdle, progress.isIdleOrStuck];
  progress.begin(USUAL);
  const meanwhile = [progress.isIdle, progress.isIdleOrStuck];
  progress.finish(USUAL);

  assert.deepEqual(
    [before, meanwhile, [progress.isIdle, progress.isIdleOrStuck]],
    [
      [true, true],
      [false, false],
      [true, true],
    ],
  );
});

test('PoolProgress is stuck when it has finished nothing for more than two milliseconds, from the first job on', () => {
  const { progress, setMs } = makeProgress();
  setMs(100);
  progress.begin(USUAL);
  const stuck = [100, 102, 103].map((ms) => {
    setMs(ms);
    return progress.isIdleOrStuck;
  });
  progress.begin(USUAL);
  stuck.push(progress.isIdleOrStuck);
  progress.finish(USUAL);
  stuck.push(progress.isIdleOrStuck);

  assert.deepEqual(stuck, [false, false, true, true, false]);
});

test('PoolProgress does not wait for what may run long, and waits for what else there is', () => {
  const { progress } = makeProgress();
  progress.begin(LONG);
  const waits = [progress.isIdleOrStuck];
  progress.begin(USUAL);
  waits.push(progress.isIdleOrStuck);
  progress.finish(LONG);
  waits.push(progress.isIdleOrStuck);
  progress.finish(USUAL);

  assert.deepEqual([...waits, progress.isIdleOrStuck], [true, false, false, true]);
});
