import assert from 'node:assert/strict';
import { test } from 'node:test';
import { monotonicMs } from '../../../../src/base/clock.ts';
import { RequestRate } from '../../../../src/dashboard/http/request-rate.ts';

test('RequestRate lets a burst of two seconds pass, then so many a second', () => {
  const rate = new RequestRate(2);
  const take = (atMs: number): boolean => rate.take(monotonicMs(atMs));

  assert.deepEqual([0, 0, 0, 0, 0].map(take), [true, true, true, true, false]);
  assert.deepEqual([500, 500].map(take), [true, false]);
  // However long nobody asked, the next burst is no larger.
  const late = Array.from({ length: 6 }, () => take(100_000));
  assert.deepEqual(late, [true, true, true, true, false, false]);
});
