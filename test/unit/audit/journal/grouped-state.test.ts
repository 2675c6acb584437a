import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GroupedState } from '../../../../src/audit/journal/grouped-state.ts';
import type { StateWrite } from '../../../../src/audit/journal/state-database.ts';
import { systemTimers } from '../../../../src/base/timers.ts';
import { SimulatedTime } from '../../../support/simulated-time.ts';

/** A database that remembers which writes came together. */
function makeDatabase() {
  const groups: StateWrite[][] = [];
  const database = {
    fault: undefined as Error | undefined,
    list: (space: string) => new Map([['space', space]]),
    write: (...writes: readonly StateWrite[]) => {
      if (database.fault !== undefined) throw database.fault;
      groups.push(writes.map(({ space, changes }) => ({ space, changes })));
    },
  };
  return { database, groups };
}

test('GroupedState writes what comes together with one flush, in order', async () => {
  const { database, groups } = makeDatabase();
  const time = new SimulatedTime();
  const state = new GroupedState(database, { wait: time.wait, timers: systemTimers });

  await Promise.all([state.write('a', { x: '1' }), state.write('b', { y: undefined })]);

  assert.deepEqual(groups, [
    [
      { space: 'a', changes: { x: '1' } },
      { space: 'b', changes: { y: undefined } },
    ],
  ]);
  assert.deepEqual(await state.list('a'), new Map([['space', 'a']]));
});

test('GroupedState leaves ten milliseconds between two flushes, and none is forgotten', async () => {
  const { database, groups } = makeDatabase();
  const time = new SimulatedTime();
  const state = new GroupedState(database, { wait: time.wait, timers: systemTimers });
  await state.write('a', { x: '1' });
  const beganMs = time.clock.monotonicMs();

  let written = 0;
  for (const value of ['2', '3']) {
    void state.write('a', { x: value }).then(() => {
      written += 1;
    });
  }
  await time.passUntil(() => written === 2);

  assert.equal(groups.length, 2);
  assert.equal(time.clock.monotonicMs() - beganMs, 10);
  await time.pass(100);
  await state.write('a', { x: '4' });
  assert.equal(groups.length, 3);
});

test('GroupedState tells everybody of a group that failed, and goes on', async () => {
  const { database, groups } = makeDatabase();
  const time = new SimulatedTime();
  const state = new GroupedState(database, { wait: time.wait, timers: systemTimers });
  database.fault = new Error('The disk is full');

  const results = await Promise.allSettled([state.write('a', {}), state.write('b', {})]);
  assert.deepEqual(
    results.map(({ status }) => status),
    ['rejected', 'rejected'],
  );
  database.fault = undefined;
  let isWritten = false;
  void state.write('a', { x: '1' }).then(() => {
    isWritten = true;
  });
  await time.passUntil(() => isWritten);

  assert.equal(groups.length, 1);
});

test('GroupedState.settle() writes at once what waits', async () => {
  const { database, groups } = makeDatabase();
  const time = new SimulatedTime();
  const state = new GroupedState(database, { wait: time.wait, timers: systemTimers });
  await state.write('a', { x: '1' });
  void state.write('a', { x: '2' });

  await state.settle();

  assert.equal(groups.length, 2);
});
