import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planRetry } from '../../../src/delivery/plan-retry.ts';

const settings = {
  backoffMs: 100,
  backoffMaxMs: 1000,
  retryAfterMaxMs: 60_000,
  breakerFailures: 6,
  breakerOpenMs: 5000,
};

for (const [failures, random, retryAfterMs, waitMs, breaker] of [
  [1, 1, undefined, 100, 'closed'],
  [1, 0, undefined, 50, 'closed'],
  [2, 0.5, undefined, 150, 'closed'],
  [4, 1, undefined, 800, 'closed'],
  [5, 1, undefined, 1000, 'closed'],
  [1, 1, 2000, 2200, 'closed'],
  [1, 1, 50, 100, 'closed'],
  [1, 0, 3_600_000, 60_000, 'closed'],
  [6, 0, undefined, 2500, 'open'],
  [6, 1, undefined, 5000, 'open'],
  [5000, 1, 9000, 9900, 'open'],
] as const) {
  test(`planRetry() waits ${waitMs} ms, ${breaker}, after ${failures} failures, ${random} drawn and ${retryAfterMs ?? 'nothing'} asked for`, () => {
    assert.deepEqual(planRetry({ failures, random, retryAfterMs }, settings), { waitMs, breaker });
  });
}
