import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { monotonicMs } from '../../../src/base/clock.ts';
import { planDeadline } from '../../../src/server/plan-deadline.ts';

const options = { nowMs: monotonicMs(1000), requestDeadlineMs: 4000 };

const CASES: readonly (readonly [timeout: unknown, deadlineMs: number])[] = [
  ['5s', 4000],
  ['3s', 2700],
  ['1s', 900],
  ['30s', 4000],
  ['4.2s', 3780],
  ['500ms', 450],
  ['1m0s', 4000],
  ['1h', 4000],
  ['0s', 4000],
  ['-5s', 4000],
  ['5', 4000],
  ['s', 4000],
  ['5s;', 4000],
  ['', 4000],
  [undefined, 4000],
  [['1s', '2s'], 4000],
  ['9999999999s', 4000],
];

for (const [timeout, deadlineMs] of CASES) {
  test(`planDeadline() gives a request with timeout=${JSON.stringify(timeout)} ${deadlineMs} ms`, () => {
    assert.equal(planDeadline(timeout, options), 1000 + deadlineMs);
  });
}

test('planDeadline() takes at most half a second off a long time-out', () => {
  assert.equal(planDeadline('20s', { nowMs: monotonicMs(0), requestDeadlineMs: 29_000 }), 19_500);
});

test('planDeadline() never gives more than our own limit', () => {
  fc.assert(
    fc.property(fc.string(), (timeout) => {
      const deadlineMs = planDeadline(timeout, options);
      assert.ok(deadlineMs > 1000 && deadlineMs <= 5000);
    }),
  );
});
