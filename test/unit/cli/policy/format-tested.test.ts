import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatTested } from '../../../../src/cli/policy/format-tested.ts';

test('formatTested() tells what failed, what has no test, what is not reached, and counts', () => {
  const result = { file: 'a/a_test.rego', name: 'data.a.test_a', durationMs: 1 };
  const text = formatTested({
    sources: 'policies',
    coverageMin: 50,
    results: [
      { ...result, engine: 'opa', row: 3, status: 'passed' },
      { ...result, engine: 'wasm', row: 3, status: 'failed', reason: 'it is false' },
      { ...result, engine: 'review', status: 'skipped' },
    ],
    untested: ['b'],
    coverage: [
      { file: 'a/a.rego', percent: 100, missedRows: [] },
      { file: 'c/c.rego', percent: 75, missedRows: [3, 4, 5, 9] },
      { file: 'd/d.rego', percent: 0, missedRows: [] },
    ],
  });

  assert.deepEqual(text.split('\n'), [
    'FAILED policies/a/a_test.rego:3: data.a.test_a (wasm)',
    '  it is false',
    'SKIPPED policies/a/a_test.rego: data.a.test_a (review)',
    '  ',
    'policies/b: no test',
    'policies/c/c.rego: 75.0 % covered; not reached: 3-5, 9',
    'policies/d/d.rego: 0.0 % covered, less than 50 %',
    'Rego tests with OPA: 1 passed, 0 failed',
    'Rego tests in WebAssembly: 0 passed, 1 failed',
    'recorded reviews: 0 passed, 0 failed, 1 skipped',
  ]);
});
