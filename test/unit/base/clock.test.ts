import assert from 'node:assert/strict';
import { it } from 'node:test';
import {
  addMs,
  monotonicMs,
  systemClock,
  type MonotonicMs,
  type WallMs,
} from '../../../src/base/clock.ts';

/** Whether the compiler takes the one where the other is expected. */
type Takes<Expected, Given> = Given extends Expected ? true : false;

it('systemClock tells the wall time of the epoch, and a monotonic time that never runs backwards', () => {
  const [first, second] = [systemClock.monotonicMs(), systemClock.monotonicMs()];

  assert.ok(Math.abs(systemClock.wallMs() - Date.now()) < 60_000);
  assert.ok(second >= first);
});

it('a wall clock that is set takes the wall time with it, and leaves the monotonic time alone', (test) => {
  const before = systemClock.monotonicMs();
  test.mock.timers.enable({ apis: ['Date'], now: Date.UTC(2001, 0, 1) });

  assert.equal(systemClock.wallMs(), Date.UTC(2001, 0, 1));
  const passedMs = systemClock.monotonicMs() - before;
  assert.ok(passedMs >= 0 && passedMs < 60_000);
});

it('addMs() stays with the clock of its first argument', () => {
  assert.equal(addMs(monotonicMs(40), 2), 42);
  assert.equal(addMs(monotonicMs(40), -2), 38);
});

it('the compiler keeps the two apart, and takes a plain number for a wall time only', () => {
  const wallForDeadline: Takes<MonotonicMs, WallMs> = false;
  const deadlineForWall: Takes<WallMs, MonotonicMs> = false;
  const sumForDeadline: Takes<MonotonicMs, number> = false;
  const dateForWall: Takes<WallMs, number> = true;

  assert.deepEqual(
    [wallForDeadline, deadlineForWall, sumForDeadline, dateForWall],
    [false, false, false, true],
  );
});
