import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planRetry } from '../../../src/alerting/plan-retry.ts';

const request = { answered: true, backoffMs: 60_000, backoffMaxMs: 300_000, random: 1 };

test('planRetry() doubles up to the maximum, half of it by chance', () => {
  const waits = [1, 2, 3, 4, 99].map((attempts) => planRetry({ ...request, attempts }));
  assert.deepEqual(waits, [60_000, 120_000, 240_000, 300_000, 300_000]);
  assert.equal(planRetry({ ...request, attempts: 1, random: 0 }), 30_000);
});

test('planRetry() is sooner where nobody answered', () => {
  assert.equal(planRetry({ ...request, attempts: 1, answered: false }), 2000);
  assert.equal(planRetry({ ...request, attempts: 1, answered: false, backoffMs: 1000 }), 1000);
});

test('planRetry() is never sooner than the service asked', () => {
  const asked = { ...request, attempts: 1, retryAfterMs: 180_000 };
  assert.equal(planRetry({ ...asked, random: 0 }), 180_000);
  assert.equal(planRetry(asked), 198_000);
});
