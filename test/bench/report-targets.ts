/** Says of each target whether it was met, and if not, by how much. */
import { GROWTH_MAX } from './growth-bench.ts';
import { formatThreads, type Cell } from './measure.ts';
import { formatNumber, formatTable } from './report-format.ts';
import { planAddedRows } from './report-api-server.ts';
import { planFollowedRows } from './report-followed.ts';
import {
  GATEKEEPER,
  HOLDFAST,
  LIMIT,
  medianOf,
  NO_POLICY,
  OPA_HTTP,
  throughputOf,
  type BenchResults,
  type Endurance,
} from './results.ts';
import { factorOf, RUNAWAY_FACTOR_MAX, summarizeFactors } from './report-runaway.ts';
import { UNKNOWN_POLICIES } from './runaway.ts';
import { formatRow, judgeDisturbed, type TargetRow } from './target-row.ts';
import { QUIET, RECORDED } from './workload.ts';

const NO_POLICY_SHARE_MIN = 0.65;
const SHARE_MIN: Readonly<Record<string, number>> = { [QUIET]: 0.45, [RECORDED]: 0.35 };
const LATENCY_FACTOR_MAX: Readonly<Record<string, number>> = { [QUIET]: 1.8, [RECORDED]: 2.2 };
const OPA_FACTOR_MIN = 3;
const GATEKEEPER_FACTOR_MIN: Readonly<Record<string, number>> = { [QUIET]: 8, [RECORDED]: 6 };
const P99_MS_MAX = 1;
/** What a quick run leaves out. */
const NOT_QUICK = 'a run without `--quick`';
const IDLE_MIB_MAX = 130;
const READY_MS_MAX = 600;
const ENDURANCE_MIB_MAX = 250;
/** Memory is level when the second half of the requests adds no more than this share. */
const LEVEL_GROWTH_MAX = 0.05;
const KIB_PER_MIB = 1024;

/** One row for each target; one that this run did not measure says how to measure it. */
export function formatTargets(results: BenchResults): string {
  const finder = new CellFinder(results);
  const table = formatTable(
    ['target', 'wanted', 'found', ''],
    [
      ...[
        planShareRow(finder, { review: QUIET, server: NO_POLICY, min: NO_POLICY_SHARE_MIN }),
        ...[QUIET, RECORDED].flatMap((review) => planReviewRows(finder, review)),
        ...planAddedRows(results.apart?.apiServer),
        planGrowthRow(results),
      ].map(formatRow),
      ...planRunawayRows(results),
      formatRow(planIdleRow(results)),
      planEnduranceRow(results.endurance),
      ...[...planFollowedRows(results.apart?.followed), planReadyRow(results)].map(formatRow),
    ],
  );
  return [table, ...[QUIET, RECORDED].map((review) => explainTime(finder, review))].join('\n\n');
}

/** Finds the rounds of a server. */
class CellFinder {
  readonly #cells: readonly Cell[];

  constructor({ measurements }: BenchResults) {
    this.#cells = measurements.cells;
  }

  /** `paced`: at a fixed number of requests per second. */
  find(
    review: string,
    target: string,
    load: { readonly connections: number } | 'paced',
  ): Cell | undefined {
    return this.#cells.find(
      (cell) =>
        cell.review === review &&
        cell.target === target &&
        (load === 'paced'
          ? cell.load.requestsPerSecond !== undefined
          : cell.load.requestsPerSecond === undefined &&
            cell.load.connections === load.connections),
    );
  }
}

function planShareRow(
  finder: CellFinder,
  {
    review,
    server,
    min,
  }: { readonly review: string; readonly server: string; readonly min: number },
): TargetRow {
  const cells = [server, LIMIT].map((target) => finder.find(review, target, { connections: 32 }));
  return {
    what: `${review}: requests/s of ${server} at 32 connections, share of the limit`,
    wanted: min,
    sign: '≥',
    found: throughputOf(cells[0]) / throughputOf(cells[1]),
    disturbance: worstDisturbance(cells),
  };
}

function planReviewRows(finder: CellFinder, review: string): readonly TargetRow[] {
  const busy = finder.find(review, HOLDFAST, { connections: 32 });
  const opa = finder.find(review, OPA_HTTP, { connections: 32 });
  const gatekeeper = finder.find(review, GATEKEEPER, { connections: 32 });
  const alone = finder.find(review, HOLDFAST, { connections: 1 });
  const limit = finder.find(review, LIMIT, { connections: 1 });
  const paced = finder.find(review, HOLDFAST, 'paced');
  return [
    planShareRow(finder, { review, server: HOLDFAST, min: SHARE_MIN[review] ?? 0 }),
    {
      what: `${review}: requests/s at 32 connections, times those of Gatekeeper with the same rules`,
      wanted: GATEKEEPER_FACTOR_MIN[review] ?? 0,
      sign: '≥',
      found: gatekeeper && throughputOf(busy) / throughputOf(gatekeeper),
      remedy: '`--gatekeeper`',
      disturbance: worstDisturbance([busy, gatekeeper]),
    },
    {
      what: `${review}: requests/s at 32 connections, times those of \`opa run --server\` over HTTP`,
      wanted: OPA_FACTOR_MIN,
      sign: '≥',
      found: throughputOf(busy) / throughputOf(opa),
      disturbance: worstDisturbance([busy, opa]),
    },
    {
      what: `${review}: p50 at one connection, times that of the limit`,
      wanted: LATENCY_FACTOR_MAX[review] ?? 0,
      sign: '≤',
      found: latencyOf(alone, 'p50Us') / latencyOf(limit, 'p50Us'),
      disturbance: worstDisturbance([alone, limit]),
    },
    {
      what: `${review}: p99 at ${paced?.load.requestsPerSecond ?? 500} requests/s`,
      wanted: P99_MS_MAX,
      sign: '≤',
      found: paced && latencyOf(paced, 'p99Us') / 1000,
      remedy: NOT_QUICK,
      unit: ' ms',
      disturbance: worstDisturbance([paced]),
    },
  ];
}

function planGrowthRow({ apart }: BenchResults): TargetRow {
  return {
    what: 'an evaluation with 1,000 policies loaded and 3 matching, times that with 10 loaded',
    wanted: GROWTH_MAX,
    sign: '≤',
    found: apart?.growth.growth,
    remedy: '`--growth`, or `--all`',
    disturbance: apart?.growth.machine.disturbance ?? 0,
  };
}

/** Memory does not depend on what others take of the processors. */
function planIdleRow({ measurements }: BenchResults): TargetRow {
  const idle = measurements.memory.find(({ target }) => target === HOLDFAST)?.idle.rssKib;
  return {
    what: 'memory of an idle process without a cluster',
    wanted: IDLE_MIB_MAX,
    sign: '≤',
    found: idle && idle / KIB_PER_MIB,
    unit: ' MiB',
    disturbance: 0,
  };
}

function planReadyRow({ startUps }: BenchResults): TargetRow {
  const ready = startUps.find(({ what }) => what === HOLDFAST);
  return {
    what: 'from the start of the process until it is ready, with a bundle and without a cluster',
    wanted: READY_MS_MAX,
    sign: '≤',
    found: ready && medianOf(ready.startUpMs),
    remedy: NOT_QUICK,
    unit: ' ms',
    disturbance: ready?.disturbance ?? 0,
  };
}

/** The promise is about every such second, so every one of them must keep it. */
function planRunawayRows({ runaway }: BenchResults): string[][] {
  const intruders = runaway?.intruders ?? [];
  return [
    { where: 'on the admission thread', met: intruders.slice(0, UNKNOWN_POLICIES) },
    { where: 'in a worker', met: intruders.slice(UNKNOWN_POLICIES) },
  ].map(({ where, met }) => {
    const factors = met.map(factorOf);
    const { median, worst, kept } = summarizeFactors(factors);
    const verdict = kept === factors.length ? 'met' : `kept ${kept} of ${factors.length} times`;
    const target = [
      `p99 of others in the second of a runaway policy ${where}, against the second before: median and worst`,
      `≤ ${RUNAWAY_FACTOR_MAX}`,
    ];
    if (runaway === undefined) return [...target, '', `not measured: ${NOT_QUICK}`];
    return [...target, `${median}, ${worst}`, judgeDisturbed(verdict, runaway.disturbance)];
  });
}

function planEnduranceRow(endurance: Endurance | undefined): string[] {
  const last = endurance?.samples.at(-1);
  const middle = endurance?.samples[Math.floor((endurance.samples.length - 1) / 2)];
  const wanted = `≤ ${ENDURANCE_MIB_MAX} MiB, ≤ ${formatNumber(LEVEL_GROWTH_MAX * 100, 0)} %`;
  if (last === undefined || middle === undefined) {
    const what = 'memory after 1,000,000 requests, and its growth since half of them';
    return [what, wanted, '', 'not measured: `--endurance 1000000`'];
  }
  const growth = last.rssKib / middle.rssKib - 1;
  const mib = last.rssKib / KIB_PER_MIB;
  const isMet = mib <= ENDURANCE_MIB_MAX && growth <= LEVEL_GROWTH_MAX;
  const excess = `more than wanted by ${formatNumber(Math.max(0, mib - ENDURANCE_MIB_MAX), 0)} MiB`;
  return [
    `memory after ${formatNumber(last.requests, 0)} requests, and its growth since half of them`,
    wanted,
    `${formatNumber(mib, 0)} MiB, ${formatNumber(growth * 100, 1)} %`,
    isMet ? 'met' : `not met: ${excess}, ${growth <= LEVEL_GROWTH_MAX ? 'level' : 'still growing'}`,
  ];
}

function worstDisturbance(cells: readonly (Cell | undefined)[]): number {
  return Math.max(
    0,
    ...cells.flatMap((cell) => cell?.rounds.map(({ disturbance }) => disturbance) ?? []),
  );
}

/** Where the processor's time of one request goes. */
function explainTime(finder: CellFinder, review: string): string {
  const parts = [LIMIT, NO_POLICY, HOLDFAST].map((target) => {
    const cell = finder.find(review, target, { connections: 32 });
    return `${target} ${formatThreads(medianThreads(cell))}`;
  });
  return `${review}, µs of processor time for each request at 32 connections (main thread / workers / V8): ${parts.join('; ')}.`;
}

/** The median of the rounds for each kind of thread. */
export function medianThreads(cell: Cell | undefined): Parameters<typeof formatThreads>[0] {
  const of = (part: 'main' | 'workers' | 'v8'): number =>
    medianOf(cell?.rounds.map(({ threadCpuUsPerRequest }) => threadCpuUsPerRequest[part]) ?? []);
  return { threadCpuUsPerRequest: { main: of('main'), workers: of('workers'), v8: of('v8') } };
}

function latencyOf(cell: Cell | undefined, which: 'p50Us' | 'p99Us'): number {
  return medianOf(cell?.rounds.map(({ latency }) => latency[which]) ?? []);
}
