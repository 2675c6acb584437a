import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Scheduler } from './scheduler.ts';

async function runAll(scheduler: Scheduler): Promise<void> {
  while (await scheduler.step());
}

test('events happen when they are due, and those of a life that is over never', async () => {
  const scheduler = new Scheduler(1);
  const seen: string[] = [];
  const life = { isOver: false };
  const thread = { isOver: false, parent: life };
  const say = (text: string) => (): void => {
    seen.push(text);
  };
  scheduler.after(30, { label: 'c', run: say('c') });
  scheduler.after(10, { label: 'a', run: say('a') });
  scheduler.after(20, {
    label: 'b',
    run: () => {
      seen.push('b');
      life.isOver = true;
    },
  });
  scheduler.after(25, { label: 'dead', life: thread, run: say('dead') });
  scheduler.after(26, { label: 'cancelled', run: say('cancelled') })();

  await runAll(scheduler);

  assert.deepEqual(seen, ['a', 'b', 'c']);
  assert.ok(scheduler.clock.monotonicMs() >= 30);
});

test('a wait ends with its time or its signal, an interval when it is told, and the wall clock can be set', async () => {
  const scheduler = new Scheduler(1);
  const life = { isOver: false };
  const seen: string[] = [];
  const aborted = new AbortController();
  const wait = scheduler.waitOf(life);
  void wait(5, new AbortController().signal).then(() => seen.push('over'));
  void wait(5000, aborted.signal).then(() => seen.push('aborted'));
  const end = scheduler.timersOf(life).every(10, () => {
    seen.push('again');
    if (seen.filter((one) => one === 'again').length === 2) end();
  });
  scheduler.after(1, { label: 'abort', run: () => aborted.abort() });
  const beganMs = scheduler.clock.wallMs();
  scheduler.stepWall(-1000);

  await runAll(scheduler);

  assert.deepEqual(seen, ['aborted', 'over', 'again', 'again']);
  assert.ok(scheduler.clock.wallMs() < beganMs);
});

test('what is due at once happens in an order that the seed chooses, the same each time', async () => {
  const orders = await Promise.all(
    [1, 1, 2, 3, 4].map(async (seed) => {
      const scheduler = new Scheduler(seed);
      for (const label of ['a', 'b', 'c', 'd']) {
        scheduler.after(0, { label, run: () => undefined });
      }
      await runAll(scheduler);
      return scheduler.traceHash();
    }),
  );

  assert.equal(orders[0], orders[1]);
  assert.ok(new Set(orders).size > 1);
});
