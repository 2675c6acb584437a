import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../src/config/limits.ts';
import type { Limit } from '../../../src/settings/limit.ts';

const rows: readonly (readonly [string, Limit])[] = Object.entries(LIMITS);

for (const [key, row] of rows) {
  test(`the limit ${key} has a default within its bounds, and words for what happens beyond`, () => {
    assert.ok(row.minimum <= row.default && row.default <= row.maximum);
    assert.ok(Number.isSafeInteger(row.minimum) && Number.isSafeInteger(row.maximum));
    for (const text of [row.reason, row.overflow]) {
      assert.match(text, /^[A-Z].*[^.]$/u, 'a sentence without a final period');
    }
    assert.match(row.metric, /^(?:holdfast_[a-z_]+|none)$/u);
  });
}

test('a request has less time than the longest webhook timeout of the API server', () => {
  assert.ok(LIMITS['limits.requestDeadlineMs'].maximum < 30_000);
});

test('connections are kept longer than the API server keeps them idle', () => {
  assert.ok(LIMITS['limits.keepAliveMs'].default > 90_000);
});

test('the body of an UPDATE fits: two objects of 3 MiB and what is around them', () => {
  assert.ok(LIMITS['limits.bodyBytesMax'].default > 2 * 3 * 1024 * 1024);
});
