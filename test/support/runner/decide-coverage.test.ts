import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decideCoverage, isPureFile } from './decide-coverage.ts';
import type { FileCoverage } from './decide-coverage.ts';

const WHOLE: FileCoverage = {
  path: 'src/a/shell.ts',
  lines: 100,
  missedLines: [],
  branches: 10,
  missedBranchLines: [],
};
const NOTHING = { expectedFiles: [], exclusions: {}, securityRelevant: {} };

test('isPureFile() goes by the verb that the name begins with', () => {
  const paths = ['src/a/decide.ts', 'src/a/parse-b.ts', 'src/a/decision.ts', 'src/parse/shell.ts'];

  assert.deepEqual(paths.filter(isPureFile), ['src/a/decide.ts', 'src/a/parse-b.ts']);
});

test('decideCoverage() accepts files that are covered enough', () => {
  const decision = decideCoverage([WHOLE, { ...WHOLE, path: 'src/a/decide.ts' }], {
    ...NOTHING,
    expectedFiles: ['src/a/shell.ts'],
  });

  assert.deepEqual(decision, {
    ok: true,
    lines: ['2 files; outside pure files 100.0 % of lines and 100.0 % of branches (at least 90 %)'],
  });
});

test('decideCoverage() wants every branch of a pure file', () => {
  const file = { ...WHOLE, path: 'src/a/match.ts', missedBranchLines: [7] };

  assert.deepEqual(decideCoverage([file], NOTHING), {
    ok: false,
    lines: [
      'src/a/match.ts: 100.0 % of lines, 90.0 % of branches; wanted 100 % of branches of a pure file; missed branches at lines 7',
      '1 files; outside pure files 100.0 % of lines and 100.0 % of branches (at least 90 %)',
    ],
  });
});

test('decideCoverage() lets no file hide behind the others', () => {
  const missedLines = Array.from({ length: 21 }, (_, index) => index + 1);
  const files = [
    { ...WHOLE, missedLines },
    { ...WHOLE, path: 'src/big.ts', lines: 10_000 },
  ];

  const decision = decideCoverage(files, NOTHING);

  assert.equal(decision.ok, false);
  assert.match(decision.lines[0] ?? '', /^src\/a\/shell.ts: 79.0 % of lines, .* wanted 80 %/);
});

test('decideCoverage() wants 90 % of all together', () => {
  const missedLines = Array.from({ length: 11 }, (_, index) => index + 1);

  const decision = decideCoverage([{ ...WHOLE, missedLines }], NOTHING);

  assert.deepEqual(decision, {
    ok: false,
    lines: ['1 files; outside pure files 89.0 % of lines and 100.0 % of branches (at least 90 %)'],
  });
});

test('decideCoverage() names files that no test loads, unless they are excluded', () => {
  const expectedFiles = ['src/a/shell.ts', 'src/b.ts', 'src/c.ts'];

  const decision = decideCoverage([WHOLE], {
    ...NOTHING,
    expectedFiles,
    exclusions: { 'src/c.ts': 'why' },
  });

  assert.deepEqual(decision, {
    ok: false,
    lines: [
      'src/b.ts: no test loads it',
      '1 files; outside pure files 100.0 % of lines and 100.0 % of branches (at least 90 %)',
    ],
  });
});

test('decideCoverage() wants more of what the list of security names, by folder and by file', () => {
  const missed = { missedBranchLines: [7] };
  const files = ['src/a/find.ts', 'src/b/prove.ts', 'src/b/other.ts'].map((path) => ({
    ...WHOLE,
    path,
    ...missed,
  }));

  const decision = decideCoverage(files, {
    ...NOTHING,
    securityRelevant: { 'src/a/': 'why', 'src/b/prove.ts': 'why' },
  });

  assert.deepEqual(decision.lines.slice(0, 2), [
    'src/a/find.ts: 100.0 % of lines, 90.0 % of branches; wanted 95 % of branches of a security-relevant file; missed branches at lines 7',
    'src/b/prove.ts: 100.0 % of lines, 90.0 % of branches; wanted 95 % of branches of a security-relevant file; missed branches at lines 7',
  ]);
  assert.equal(decision.lines.length, 3);
});

test('decideCoverage() refuses entries of lists without a file', () => {
  const decision = decideCoverage([WHOLE, { ...WHOLE, path: 'src/a/thin.ts', lines: 0 }], {
    expectedFiles: ['src/a/shell.ts', 'src/a/unloaded.ts'],
    exclusions: { 'src/gone.ts': 'why', 'src/a/unloaded.ts': 'why' },
    securityRelevant: { 'src/gone/': 'why' },
  });

  assert.deepEqual(decision.lines.slice(0, -1), [
    'src/gone.ts: an exclusion, but there is no such file',
    'src/gone/: on the list of security, but there is no such file',
  ]);
  assert.equal(decision.ok, false);
});
