import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addResults, formatSummary } from './tally.ts';

test('formatSummary() ends in the counts alone on a line', () => {
  assert.equal(formatSummary({ passed: 12, failures: [], skips: [] }), '12 passed, 0 failed\n');
});

test('formatSummary() names every failure and every skip', () => {
  const result = addResults([
    { passed: 1, failures: ['a: b'], skips: [] },
    { passed: 2, failures: [], skips: [{ name: 'c', reason: 'no openssl' }] },
  ]);

  assert.equal(
    formatSummary(result),
    'FAILED  a: b\nSKIPPED c (no openssl)\n\n3 passed, 1 failed, 1 skipped\n',
  );
});
