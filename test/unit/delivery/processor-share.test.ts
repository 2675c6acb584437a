import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProcessorShare } from '../../../src/delivery/processor-share.ts';
import { settle, SimulatedTime } from '../../support/simulated-time.ts';

/** A thread whose processor time and whose admission thread the test drives. */
function stage(utilization: number) {
  const time = new SimulatedTime();
  const state = { utilization, usedMs: 0 };
  const share = new ProcessorShare({
    utilization: () => state.utilization,
    usedMs: () => state.usedMs,
    clock: time.clock,
    wait: time.wait,
  });
  const closing = new AbortController();
  /** Reads a page that costs so much; counts where it was let in. */
  const entered: number[] = [];
  const enter = async (costMs: number, behindMs = 0): Promise<void> => {
    await share.enter(behindMs, closing.signal);
    entered.push(time.clock.monotonicMs());
    state.usedMs += costMs;
  };
  return { time, state, closing, entered, enter };
}

test('ProcessorShare holds nothing back while admission has time to spare', async () => {
  const { enter, entered } = stage(0.74);

  for (let page = 0; page < 100; page += 1) await enter(50);

  assert.deepEqual(new Set(entered), new Set([0]));
});

test('ProcessorShare gives a twentieth of a processor while admission is busy', async () => {
  const { time, enter, entered } = stage(1);
  let isOver = false;
  const read = async (): Promise<void> => {
    while (!isOver) await enter(5);
  };

  const reading = read();
  await time.pass(20_000);
  isOver = true;
  await time.pass(1000);
  await reading;

  // A second's worth of processor time in 20 s, in pages of 5 ms, and what may be used at once.
  assert.ok(entered.length >= 195 && entered.length <= 206, String(entered.length));
});

test('ProcessorShare lets a sink in as soon as admission is less busy', async () => {
  const { time, state, enter, entered } = stage(1);
  await enter(10_000);
  const second = enter(1);
  await time.pass(220);
  assert.equal(entered.length, 1);

  state.utilization = 0.5;
  await time.passUntil(() => entered.length === 2);
  await second;

  assert.deepEqual(entered, [0, 250]);
});

test('ProcessorShare never holds back a sink whose oldest record waited for a minute', async () => {
  const { time, enter, entered } = stage(1);
  await enter(1_000_000);

  await enter(1, 60_000);
  const third = enter(1, 59_000);
  await time.passUntil(() => entered.length === 3);
  await third;

  assert.deepEqual(entered, [0, 0, 1000]);
});

test('ProcessorShare keeps no sink that closes', async () => {
  const { enter, entered, closing } = stage(1);
  await enter(1_000_000);
  const second = enter(1);
  await settle();
  assert.equal(entered.length, 1);

  closing.abort();
  await second;

  assert.equal(entered.length, 2);
});
