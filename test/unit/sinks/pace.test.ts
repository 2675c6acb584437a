import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clockOf } from '../../support/simulated-time.ts';
import { Pace } from '../../../src/sinks/pace.ts';

test('the first of a pace does not wait', async () => {
  assert.equal(
    await new Pace(
      60_000,
      clockOf(() => 1),
    ).wait(new AbortController().signal),
    true,
  );
});

test('a pace ends its wait with the signal', async () => {
  const pace = new Pace(
    60_000,
    clockOf(() => 1),
  );
  const controller = new AbortController();
  await pace.wait(controller.signal);

  const waiting = pace.wait(controller.signal);
  controller.abort();

  assert.equal(await waiting, false);
  assert.equal(await pace.wait(controller.signal), false);
});

test('a pace waits until its interval has passed', async () => {
  let nowMs = 0;
  const pace = new Pace(
    1000,
    clockOf(() => nowMs),
  );
  const { signal } = new AbortController();
  await pace.wait(signal);
  nowMs = 995;

  assert.equal(await pace.wait(signal), true);
});
