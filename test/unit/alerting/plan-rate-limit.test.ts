import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planRateLimit } from '../../../src/alerting/plan-rate-limit.ts';

type Ask = readonly [
  sinceMs: number,
  used: number,
  severity: 'warning' | 'critical',
  nowMs?: number,
];
const ask = (...[sinceMs, used, severity, nowMs = 1000]: Ask) =>
  planRateLimit({ sinceMs, used }, { nowMs, perMinuteMax: 8, severity });

test('planRateLimit() begins with a whole minute', () => {
  const answer = planRateLimit(undefined, { nowMs: 5, perMinuteMax: 4, severity: 'info' });
  assert.deepEqual(answer, { granted: true, rate: { sinceMs: 5, used: 1 } });
});

test('planRateLimit() keeps the last quarter for what is critical', () => {
  assert.deepEqual(ask(900, 5, 'warning'), { granted: true, rate: { sinceMs: 900, used: 6 } });
  assert.deepEqual(ask(900, 6, 'warning'), { granted: false, rate: { sinceMs: 900, used: 6 } });
  assert.deepEqual(ask(900, 7, 'critical'), { granted: true, rate: { sinceMs: 900, used: 8 } });
  assert.equal(ask(900, 8, 'critical').granted, false);
});

test('planRateLimit() begins anew after a minute, and where the clock was set back', () => {
  const anew = { granted: true, rate: { sinceMs: 60_900, used: 1 } };
  assert.deepEqual(ask(900, 8, 'warning', 60_900), anew);
  assert.deepEqual(ask(99_999, 8, 'warning', 60_900), anew);
});
