import assert from 'node:assert/strict';
import { test } from 'node:test';
import { monotonicMs } from '../../../src/base/clock.ts';
import { planWait } from '../../../src/verdict/plan-wait.ts';

const NOW = { nowMs: monotonicMs(1000) };

test('planWait() waits as long as it is told, and half a second less than the request has', () => {
  assert.equal(planWait(monotonicMs(5000), { ...NOW, waitMs: 2500 }), 3500);
  assert.equal(planWait(monotonicMs(5000), { ...NOW, waitMs: 4000 }), 4500);
});

test('planWait() waits for nothing where the time is over', () => {
  assert.ok(planWait(monotonicMs(1200), { ...NOW, waitMs: 2500 }) < NOW.nowMs);
});
