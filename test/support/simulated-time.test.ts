import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimulatedTime } from './simulated-time.ts';

const { signal } = new AbortController();

test('SimulatedTime fires timers in the order of their times', async () => {
  const time = new SimulatedTime(1000);
  const fired: [string, number][] = [];
  for (const [name, delayMs] of [
    ['late', 3_600_000],
    ['early', 5],
  ] as const) {
    void time.wait(delayMs, signal).then(() => fired.push([name, time.clock.wallMs()]));
  }

  await time.passUntil(() => fired.length === 2);

  assert.deepEqual(fired, [
    ['early', 1005],
    ['late', 3_601_000],
  ]);
  assert.deepEqual(time.waits, [3_600_000, 5]);
});

test('SimulatedTime passes exactly as much as it is told to', async () => {
  const time = new SimulatedTime(1000);

  await time.pass(250);

  assert.equal(time.clock.wallMs(), 1250);
});

test('SimulatedTime ends a wait whose signal aborts, without time passing', async () => {
  const time = new SimulatedTime(1000);
  const controller = new AbortController();
  const waiting = time.wait(50, controller.signal);
  controller.abort();

  await waiting;
  await time.wait(50, controller.signal);

  assert.equal(time.clock.wallMs(), 1000);
});

test('SimulatedTime says where nothing can become true any more', async () => {
  const time = new SimulatedTime(0);
  await assert.rejects(
    time.passUntil(() => false),
    /Nothing is waiting/u,
  );

  void time.wait(1000, signal);
  await assert.rejects(
    time.passUntil(() => false, 999),
    /Still not so after 999 ms/u,
  );
});
