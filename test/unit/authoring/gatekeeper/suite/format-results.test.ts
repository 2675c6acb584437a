import assert from 'node:assert/strict';
import { it } from 'node:test';
import { formatResults } from '../../../../../src/authoring/gatekeeper/suite/format-results.ts';
import type { SuiteResult } from '../../../../../src/authoring/gatekeeper/suite/suite-result.ts';

const passed = { name: 'passed', skipped: false, durationMs: 3 };
const failed = { name: 'failed', skipped: false, durationMs: 4, problem: 'got 1' };
const skipped = { name: 'skipped', skipped: true, durationMs: 0 };
const suite: SuiteResult = {
  path: 'a/suite.yaml',
  skipped: false,
  durationMs: 1234.4,
  tests: [
    { name: 'one', skipped: false, durationMs: 7, cases: [passed, failed, skipped] },
    { name: 'two', skipped: false, durationMs: 1, cases: [], problem: 'no template' },
    { name: 'three', skipped: true, durationMs: 0, cases: [] },
    { name: 'four', skipped: false, durationMs: 2, cases: [passed] },
  ],
};

it('formatResults() prints what failed, and the verdict of each suite and of all', () => {
  assert.equal(
    formatResults([suite], false),
    `    --- FAIL: failed\t(0.004s)
        got 1
--- FAIL: one\t(0.007s)
--- FAIL: two\t(0.001s)
  no template
FAIL\ta/suite.yaml\t1.234s
FAIL
`,
  );
});

it('formatResults() prints what passed and was skipped, where it is asked to', () => {
  const good = { ...suite, tests: suite.tests.slice(2) };

  assert.equal(
    formatResults([good, { path: 'b.yaml', skipped: true, durationMs: 0, tests: [] }], true),
    `=== SKIP  three
=== RUN   four
    === RUN   passed
    --- PASS: passed\t(0.003s)
--- PASS: four\t(0.002s)
ok\ta/suite.yaml\t1.234s
ok\tb.yaml\t0.000s
PASS
`,
  );
  assert.match(formatResults([suite], true), /^ {4}=== SKIP {2}skipped$/mu);
});
