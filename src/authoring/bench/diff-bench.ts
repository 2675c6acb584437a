/** Compares what was measured now with what was measured before. */
import type { BenchReport, PolicyFigures } from './bench-report-schema.ts';

/** How a policy compares: the medians decide, beyond the tolerance. */
export type BenchVerdict = 'as before' | 'slower' | 'faster' | 'new' | 'not measured';

export interface PolicyDifference {
  readonly name: string;
  readonly verdict: BenchVerdict;
  /** Now, divided by before; absent where there is nothing to divide. */
  readonly p50Ratio?: number | undefined;
  readonly p99Ratio?: number | undefined;
  readonly wasmRatio?: number | undefined;
  readonly heapRatio?: number | undefined;
}

export interface BenchDifference {
  readonly tolerancePercent: number;
  /** Whether both were measured on the same kind of processor with the same Node. */
  readonly sameMachine: boolean;
  /** In the order of what was measured now; then those that were measured only before. */
  readonly policies: readonly PolicyDifference[];
}

type Measured = Pick<BenchReport, 'cpuModel' | 'processors' | 'node' | 'policies'>;

/** `tolerancePercent`: a median that is longer by more is slower. */
export function diffBench(
  now: Measured,
  before: Measured,
  tolerancePercent: number,
): BenchDifference {
  const earlier = new Map(before.policies.map((policy) => [policy.name, policy]));
  const names = new Set(now.policies.map(({ name }) => name));
  return {
    tolerancePercent,
    sameMachine:
      now.cpuModel === before.cpuModel &&
      now.processors === before.processors &&
      now.node === before.node,
    policies: [
      ...now.policies.map((policy) => compare(policy, earlier.get(policy.name), tolerancePercent)),
      ...before.policies
        .filter(({ name }) => !names.has(name))
        .map(({ name }) => ({ name, verdict: 'not measured' as const })),
    ],
  };
}

const PERCENT = 100;

function compare(
  now: PolicyFigures,
  before: PolicyFigures | undefined,
  tolerancePercent: number,
): PolicyDifference {
  if (before === undefined) return { name: now.name, verdict: 'new' };
  const p50Ratio = ratio(now.p50Us, before.p50Us);
  return {
    name: now.name,
    verdict: judge(p50Ratio, 1 + tolerancePercent / PERCENT),
    p50Ratio,
    p99Ratio: ratio(now.p99Us, before.p99Us),
    wasmRatio: ratio(now.wasmBytes, before.wasmBytes),
    heapRatio: ratio(now.heapBytes, before.heapBytes),
  };
}

function ratio(now: number, before: number): number | undefined {
  return before === 0 ? undefined : now / before;
}

function judge(p50Ratio: number | undefined, most: number): BenchVerdict {
  if (p50Ratio === undefined) return 'new';
  if (p50Ratio > most) return 'slower';
  return p50Ratio < 1 / most ? 'faster' : 'as before';
}
