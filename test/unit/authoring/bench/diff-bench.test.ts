import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diffBench } from '../../../../src/authoring/bench/diff-bench.ts';
import type { PolicyFigures } from '../../../../src/authoring/bench/bench-report-schema.ts';

const MACHINE = { cpuModel: 'A', processors: 2, node: 'v24' };

function figures(name: string, p50Us: number, others: Partial<PolicyFigures> = {}): PolicyFigures {
  const rest = { reviews: 1, calls: 10, p99Us: 40, wasmBytes: 1000, heapBytes: 0 };
  return { name, p50Us, ...rest, ...others };
}

test('diffBench() judges by the median, beyond the tolerance', () => {
  const before = ['a', 'b', 'c', 'd'].map((name) => figures(name, 20));
  const now = [
    figures('a', 24),
    figures('b', 24.1, { p99Us: 20, wasmBytes: 1500 }),
    figures('c', 17),
    figures('d', 16, { heapBytes: 7 }),
  ];

  const difference = diffBench({ ...MACHINE, policies: now }, { ...MACHINE, policies: before }, 20);

  const same = { p99Ratio: 1, wasmRatio: 1, heapRatio: undefined };
  assert.deepEqual(difference, {
    tolerancePercent: 20,
    sameMachine: true,
    policies: [
      { name: 'a', verdict: 'as before', p50Ratio: 1.2, ...same },
      { ...same, name: 'b', verdict: 'slower', p50Ratio: 1.205, p99Ratio: 0.5, wasmRatio: 1.5 },
      { name: 'c', verdict: 'as before', p50Ratio: 0.85, ...same },
      { name: 'd', verdict: 'faster', p50Ratio: 0.8, ...same },
    ],
  });
});

test('diffBench() tells what was not measured before, and what is not measured now', () => {
  const before = [figures('gone', 1), figures('zero', 0)];
  const now = [figures('zero', 1), figures('fresh', 1)];

  for (const other of [{ cpuModel: 'B' }, { processors: 3 }, { node: 'v25' }]) {
    const difference = diffBench(
      { ...MACHINE, policies: now },
      { ...MACHINE, ...other, policies: before },
      0,
    );

    assert.equal(difference.sameMachine, false);
    assert.deepEqual(
      difference.policies.map(({ name, verdict }) => [name, verdict]),
      [
        ['zero', 'new'],
        ['fresh', 'new'],
        ['gone', 'not measured'],
      ],
    );
  }
});
