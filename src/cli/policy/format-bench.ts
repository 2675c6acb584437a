/** What `holdfast policy bench` prints for people. */
import type { BenchReport, PolicyFigures } from '../../authoring/bench/bench-report-schema.ts';
import type { BenchDifference, PolicyDifference } from '../../authoring/bench/diff-bench.ts';
import { formatCount, formatNumber } from '../format-count.ts';
import { formatTable } from '../format-table.ts';

const BYTES_PER_KIB = 1024;
const WHOLE_PERCENT = 100;

const HEADER = ['POLICY', 'REVIEWS', 'CALLS', 'P50 µs', 'P99 µs', 'WASM KiB', 'HEAP KiB'];

/** One line for each policy, then what was not measured, what was slower, and whether others disturbed it. */
export function formatBench(
  { policies, unmeasured, ...machine }: BenchReport,
  difference: BenchDifference | undefined,
): string {
  const differences = new Map(difference?.policies.map((policy) => [policy.name, policy]));
  const header = difference === undefined ? HEADER : [...HEADER, 'P50', 'P99', ''];
  const rows = policies.map((policy) => [
    ...formatFigures(policy),
    ...formatDifference(differences.get(policy.name)),
  ]);
  return [
    ...(policies.length === 0 ? [] : formatTable([header, ...rows])),
    ...unmeasured.map(({ name, reason }) => `${name}: not measured: ${reason}`),
    ...(difference === undefined ? [] : formatSummary(difference)),
    formatDisturbance(machine),
  ].join('\n');
}

function formatFigures(policy: PolicyFigures): readonly string[] {
  const { name, reviews, calls, p50Us, p99Us, wasmBytes, heapBytes } = policy;
  return [
    name,
    formatNumber(reviews),
    formatNumber(calls),
    p50Us.toFixed(1),
    p99Us.toFixed(1),
    (wasmBytes / BYTES_PER_KIB).toFixed(1),
    (heapBytes / BYTES_PER_KIB).toFixed(1),
  ];
}

function formatDifference(difference: PolicyDifference | undefined): readonly string[] {
  if (difference === undefined) return [];
  const { p50Ratio, p99Ratio, verdict } = difference;
  return [formatRatio(p50Ratio), formatRatio(p99Ratio), verdict];
}

function formatRatio(ratio: number | undefined): string {
  return ratio === undefined ? '' : `×${ratio.toFixed(2)}`;
}

function formatSummary({
  policies,
  tolerancePercent,
  sameMachine,
}: BenchDifference): readonly string[] {
  const gone = policies.filter(({ verdict }) => verdict === 'not measured');
  const slower = policies.filter(({ verdict }) => verdict === 'slower');
  const beyond = `by more than ${String(tolerancePercent)} %`;
  return [
    ...gone.map(({ name }) => `${name}: measured before, and not now`),
    ...(sameMachine ? [] : ['Measured before on another processor, or with another Node.']),
    `${formatCount(slower.length, 'policy', 'policies')} slower than before ${beyond}`,
  ];
}

function formatDisturbance({
  disturbance,
  isDisturbed,
}: Pick<BenchReport, 'disturbance' | 'isDisturbed'>): string {
  if (disturbance === null) return 'How much other processes took of the machine is not known.';
  const took = `Other processes took ${(disturbance * WHOLE_PERCENT).toFixed(0)} % of the machine`;
  if (!isDisturbed) return `${took}.`;
  return `${took}: these figures prove nothing. Run it again on a quiet one.`;
}
