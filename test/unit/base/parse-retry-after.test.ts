import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRetryAfter, RETRY_AFTER_MS_MAX } from '../../../src/base/parse-retry-after.ts';

const NOW_MS = Date.UTC(2026, 0, 2, 3, 4, 5);

test('parseRetryAfter() reads seconds and dates', () => {
  assert.equal(parseRetryAfter('7', NOW_MS), 7000);
  assert.equal(parseRetryAfter(' 0 ', NOW_MS), 0);
  assert.equal(parseRetryAfter('Fri, 02 Jan 2026 03:04:35 GMT', NOW_MS), 30_000);
});

test('parseRetryAfter() takes a date that has passed for now', () => {
  assert.equal(parseRetryAfter('Thu, 01 Jan 2026 00:00:00 GMT', NOW_MS), 0);
});

test('parseRetryAfter() is never told to wait longer than an hour', () => {
  assert.equal(parseRetryAfter('999999999999999', NOW_MS), RETRY_AFTER_MS_MAX);
  assert.equal(parseRetryAfter('Fri, 01 Jan 2027 00:00:00 GMT', NOW_MS), RETRY_AFTER_MS_MAX);
});

test('parseRetryAfter() knows nothing where there is no header, or nonsense', () => {
  for (const header of [undefined, '', '-1', '1.5', 'soon', '1e3', '12345678901234567']) {
    assert.equal(parseRetryAfter(header, NOW_MS), undefined, header);
  }
});
