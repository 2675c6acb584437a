import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BenchReport } from '../../../../src/authoring/bench/bench-report-schema.ts';
import { formatBench } from '../../../../src/cli/policy/format-bench.ts';

const REPORT: BenchReport = {
  format: 1,
  revision: 'a',
  node: 'v24',
  cpuModel: 'A',
  processors: 2,
  rounds: 5,
  disturbance: 0.02,
  isDisturbed: false,
  policies: [
    {
      name: 'owner',
      reviews: 3,
      calls: 12_345,
      p50Us: 20.04,
      p99Us: 61.5,
      wasmBytes: 3072,
      heapBytes: 512,
    },
  ],
  unmeasured: [{ name: 'tags', reason: 'no recorded review is judged by it' }],
};

test('formatBench() prints a line for each policy, what was not measured, and what others took', () => {
  assert.deepEqual(formatBench(REPORT, undefined).split('\n'), [
    'POLICY  REVIEWS  CALLS   P50 µs  P99 µs  WASM KiB  HEAP KiB',
    'owner   3        12,345  20.0    61.5    3.0       0.5',
    'tags: not measured: no recorded review is judged by it',
    'Other processes took 2 % of the machine.',
  ]);
});

test('formatBench() says that disturbed figures prove nothing, and when nobody knows', () => {
  const lastLine = (report: Partial<BenchReport>): string | undefined =>
    formatBench({ ...REPORT, ...report, policies: [] }, undefined)
      .split('\n')
      .at(-1);

  assert.equal(
    lastLine({ disturbance: 0.34, isDisturbed: true }),
    'Other processes took 34 % of the machine: these figures prove nothing. Run it again on a quiet one.',
  );
  assert.equal(
    lastLine({ disturbance: null }),
    'How much other processes took of the machine is not known.',
  );
});

test('formatBench() prints the ratios to an earlier measurement, and what it cannot compare', () => {
  const fresh = REPORT.policies.map((policy) => ({ ...policy, name: 'fresh' }));
  const policies = [...REPORT.policies, ...fresh];
  const text = formatBench(
    { ...REPORT, policies, unmeasured: [] },
    {
      tolerancePercent: 20,
      sameMachine: false,
      policies: [
        { name: 'owner', verdict: 'slower', p50Ratio: 1.5, p99Ratio: 0.999 },
        { name: 'fresh', verdict: 'new' },
        { name: 'gone', verdict: 'not measured' },
      ],
    },
  );

  assert.deepEqual(text.split('\n'), [
    'POLICY  REVIEWS  CALLS   P50 µs  P99 µs  WASM KiB  HEAP KiB  P50    P99',
    'owner   3        12,345  20.0    61.5    3.0       0.5       ×1.50  ×1.00  slower',
    'fresh   3        12,345  20.0    61.5    3.0       0.5                     new',
    'gone: measured before, and not now',
    'Measured before on another processor, or with another Node.',
    '1 policy slower than before by more than 20 %',
    'Other processes took 2 % of the machine.',
  ]);
});
