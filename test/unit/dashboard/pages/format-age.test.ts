import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatAge, formatMoment } from '../../../../src/dashboard/pages/format-age.ts';

const AGES: readonly [ms: number, text: string][] = [
  [-5000, '0 s'],
  [59_999, '59 s'],
  [60_000, '1 min'],
  [3_599_999, '59 min'],
  [3_600_000, '1 h'],
  [86_400_000, '1 d'],
];

for (const [ms, text] of AGES) {
  test(`formatAge() of ${ms} ms is ${text}`, () => {
    assert.equal(formatAge(ms), text);
  });
}

test('formatMoment() is in UTC and whole seconds', () => {
  assert.equal(formatMoment(Date.UTC(2026, 10, 30, 8, 15, 4, 900)), '2026-11-30 08:15:04 UTC');
});
