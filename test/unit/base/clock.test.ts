import assert from 'node:assert/strict';
import { it } from 'node:test';
import { systemClock } from '../../../src/base/clock.ts';

it('systemClock tells the time of the epoch and never runs backwards', () => {
  const first = systemClock.nowMs();
  const second = systemClock.nowMs();

  assert.ok(Math.abs(first - Date.now()) < 60_000);
  assert.ok(second >= first);
});
