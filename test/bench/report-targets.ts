/** Says of each target whether it was met, and if not, by how much. */
import { DISTURBANCE_MAX, type Cell } from './measure.ts';
import { formatNumber, formatTable } from './report-format.ts';
import {
  HOLDFAST,
  medianOf,
  NO_POLICY,
  OPA_HTTP,
  throughputOf,
  type BenchResults,
} from './results.ts';

const OPA_FACTOR_MIN = 5;
const NO_POLICY_SHARE_MIN = 0.5;
const LATENCY_FACTOR_MAX = 3;
const RUNAWAY_FACTOR_MAX = 2;

/** One row for each target and review. */
export function formatTargets(results: BenchResults): string {
  const rows = results.plan.reviews.flatMap(({ title }) => planRows(results, title));
  rows.push(planRunawayRow(results.runaway));
  const budgets = results.plan.reviews.flatMap(({ title }) => explainShortfall(results, title));
  return [formatTable(['target', 'wanted', 'found', ''], rows), ...budgets].join('\n\n');
}

/** The promise is about every such second, so every one of them must keep it. */
function planRunawayRow({ intruders, disturbance }: BenchResults['runaway']): string[] {
  const factors = intruders.map(({ before, during }) => during.p99Us / Math.max(1, before.p99Us));
  const kept = factors.filter((factor) => factor <= RUNAWAY_FACTOR_MAX).length;
  const verdict = kept === factors.length ? 'met' : `kept ${kept} of ${factors.length} times`;
  return [
    'p99 of others in the second of a runaway policy, against the second before: median and worst',
    `≤ ${RUNAWAY_FACTOR_MAX}`,
    `${formatNumber(medianOf(factors), 2)}, ${formatNumber(Math.max(...factors), 2)}`,
    judge(verdict, disturbance),
  ];
}

/** A round that others disturbed can neither meet nor miss a target. */
function judge(verdict: string, disturbance: number): string {
  if (disturbance <= DISTURBANCE_MAX) return verdict;
  return `not proven (others took ${formatNumber(disturbance * 100, 0)} %): ${verdict}`;
}

function worstDisturbance(cells: readonly (Cell | undefined)[]): number {
  return Math.max(
    0,
    ...cells.flatMap((cell) => cell?.rounds.map(({ disturbance }) => disturbance) ?? []),
  );
}

/** Why a multiple of OPA is out of reach: the processor time that is left for one request. */
function explainShortfall(
  { machine, measurements: { cells } }: BenchResults,
  review: string,
): readonly string[] {
  const find = (target: string): Cell | undefined =>
    cells.find(
      (cell) => cell.review === review && cell.target === target && cell.connections === 32,
    );
  const wanted = throughputOf(find(OPA_HTTP)) * OPA_FACTOR_MIN;
  if (throughputOf(find(HOLDFAST)) >= wanted) return [];
  const us = (cell: Cell | undefined, of: 'serverCpuUsPerRequest' | 'clientCpuUsPerRequest') =>
    medianOf(cell?.rounds.map((round) => round[of]) ?? []);
  const server = us(find(HOLDFAST), 'serverCpuUsPerRequest');
  const plain = us(find(NO_POLICY), 'serverCpuUsPerRequest');
  return [
    `${review}: ${OPA_FACTOR_MIN} × OPA would be ${formatNumber(wanted, 0)} requests/s, which leaves ` +
      `${formatNumber((machine.cores * 1e6) / wanted, 0)} µs of these ${machine.cores} cores for each request and the load generator together. ` +
      `The load generator takes ${formatNumber(us(find(HOLDFAST), 'clientCpuUsPerRequest'), 0)} µs, Holdfast ${formatNumber(server, 0)} µs: ` +
      `${formatNumber(plain, 0)} µs for TLS, HTTP, decoding and the answer, and ${formatNumber(server - plain, 0)} µs for the verdict and, where it refuses, its record. ` +
      `OPA takes ${formatNumber(us(find(OPA_HTTP), 'serverCpuUsPerRequest'), 0)} µs.`,
  ];
}

function planRows({ measurements: { cells } }: BenchResults, review: string): string[][] {
  const find = (target: string, connections: number): Cell | undefined =>
    cells.find(
      (cell) =>
        cell.review === review && cell.target === target && cell.connections === connections,
    );
  const busy = throughputOf(find(HOLDFAST, 32));
  const overOpa = busy / throughputOf(find(OPA_HTTP, 32));
  const share = busy / throughputOf(find(NO_POLICY, 32));
  const latency = p50Of(find(HOLDFAST, 1)) / p50Of(find(NO_POLICY, 1));
  return [
    [
      `${review}: requests/s at 32 connections, times those of \`opa run --server\` over HTTP`,
      `≥ ${OPA_FACTOR_MIN}`,
      formatNumber(overOpa, 2),
      judge(
        judgeAtLeast(overOpa, OPA_FACTOR_MIN),
        worstDisturbance([find(HOLDFAST, 32), find(OPA_HTTP, 32)]),
      ),
    ],
    [
      `${review}: requests/s at 32 connections, share of the server without policies`,
      `≥ ${NO_POLICY_SHARE_MIN}`,
      formatNumber(share, 2),
      judge(
        judgeAtLeast(share, NO_POLICY_SHARE_MIN),
        worstDisturbance([find(HOLDFAST, 32), find(NO_POLICY, 32)]),
      ),
    ],
    [
      `${review}: p50 at one connection, times that of the server without policies`,
      `< ${LATENCY_FACTOR_MAX}`,
      formatNumber(latency, 2),
      judge(
        latency < LATENCY_FACTOR_MAX
          ? 'met'
          : `short by a factor of ${formatNumber(latency / LATENCY_FACTOR_MAX, 2)}`,
        worstDisturbance([find(HOLDFAST, 1), find(NO_POLICY, 1)]),
      ),
    ],
  ];
}

function judgeAtLeast(found: number, wanted: number): string {
  return found >= wanted ? 'met' : `short by a factor of ${formatNumber(wanted / found, 2)}`;
}

function p50Of(cell: Cell | undefined): number {
  return medianOf(cell?.rounds.map(({ latency }) => latency.p50Us) ?? []);
}
