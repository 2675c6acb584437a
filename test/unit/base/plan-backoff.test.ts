import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planBackoff } from '../../../src/base/plan-backoff.ts';

const OPTIONS = { backoffMs: 1000, backoffMaxMs: 60_000, retryAfterMaxMs: 600_000 };

test('planBackoff() doubles the wait up to the maximum', () => {
  const waits = [1, 2, 3, 7, 5000].map((failures) => planBackoff({ failures, random: 1 }, OPTIONS));

  assert.deepEqual(waits, [1000, 2000, 4000, 60_000, 60_000]);
});

test('planBackoff() leaves half of the wait to chance', () => {
  const waits = [0, 0.5, 1].map((random) => planBackoff({ failures: 2, random }, OPTIONS));

  assert.deepEqual(waits, [1000, 1500, 2000]);
});

test('planBackoff() obeys a Retry-After up to its bound, spread a little, and never waits less because of it', () => {
  const waits = [
    { retryAfterMs: 30_000, random: 0 },
    { retryAfterMs: 30_000, random: 1 },
    { retryAfterMs: 590_000, random: 1 },
    { retryAfterMs: Number.MAX_SAFE_INTEGER, random: 0 },
    { retryAfterMs: 1, random: 1 },
  ].map((failure) => planBackoff({ failures: 1, ...failure }, OPTIONS));

  assert.deepEqual(waits, [30_000, 33_000, 600_000, 600_000, 1000]);
});
