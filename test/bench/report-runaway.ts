/** What others noticed of policies that never end: each time that one was met, and all times together. */
import type { IntruderReport } from './load-client.ts';
import { formatNumber, formatTable } from './report-format.ts';
import { medianOf } from './results.ts';
import { UNKNOWN_POLICIES, type RunawayReport } from './runaway.ts';

/** The others' p99 in the second of a runaway policy, as a multiple of that in the second before: at most this. */
export const RUNAWAY_FACTOR_MAX = 2;

/** A build that met the policies. */
export interface NamedRunaways {
  readonly target: string;
  readonly report: RunawayReport;
}

/** What was sent. */
export function describeRunaways({ requestsPerSecond, connections }: RunawayReport): string {
  return (
    `Reviews at ${requestsPerSecond} requests/s over ${connections} connections, and among them a review whose policy ` +
    '(`test/bench/policies-runaway`: three nested comprehensions over 2,000 numbers) would take hours. Its deadline is 200 ms, its failure mode `deny`; ' +
    'on a quiet machine it has used up its memory before. Five such policies are met, and then the same five again.'
  );
}

/** Each time that a policy was met. */
export function formatRunaways({ intruders, failures, disturbance }: RunawayReport): string {
  const table = formatTable(
    [
      'the policy is met',
      'answered after ms',
      'answer',
      'others’ p50 and p99 the second before, ms',
      'others’ p50 and p99 in that second, ms',
      '×',
      'others’ slowest, ms',
    ],
    intruders.map(({ latencyUs, status, body, before, during }, number) => [
      number < UNKNOWN_POLICIES ? 'first: admission thread, then a worker' : 'again: a worker',
      formatNumber(latencyUs / 1000, 0),
      `${status}, ${/policy_[a-z_]+(?= by )/u.exec(body)?.[0] ?? 'allowed'}`,
      [before.p50Us, before.p99Us].map(formatMs).join(', '),
      [during.p50Us, during.p99Us].map(formatMs).join(', '),
      formatNumber(factorOf({ before, during }), 2),
      formatMs(during.maxUs),
    ]),
  );
  const taken = `${formatNumber(disturbance * 100, 0)} %`;
  return `${table}\n\nWrong or failed answers to the others: ${failures}. CPU taken by other processes meanwhile: ${taken}.`;
}

/** Builds beside each other, over all rounds. */
export function compareRunaways(rounds: readonly NamedRunaways[]): string {
  const targets = [...new Set(rounds.map(({ target }) => target))];
  return formatTable(
    [
      'server',
      'the policy is met',
      'others’ p99 ×: median',
      'worst',
      `at most ${RUNAWAY_FACTOR_MAX}`,
    ],
    targets.flatMap((target) => {
      const reports = rounds.filter((round) => round.target === target);
      return [
        { met: 'first', from: 0, to: UNKNOWN_POLICIES },
        { met: 'again', from: UNKNOWN_POLICIES, to: undefined },
      ].map(({ met, from, to }) => {
        const factors = reports.flatMap(({ report }) =>
          report.intruders.slice(from, to).map(factorOf),
        );
        const { median, worst, kept } = summarizeFactors(factors);
        return [target, met, median, worst, `${kept} of ${factors.length} times`];
      });
    }),
  );
}

/** How far the seconds of runaway policies are from the others. */
export function summarizeFactors(factors: readonly number[]): {
  readonly median: string;
  readonly worst: string;
  readonly kept: number;
} {
  return {
    median: formatNumber(medianOf(factors), 2),
    worst: formatNumber(Math.max(...factors), 2),
    kept: factors.filter((factor) => factor <= RUNAWAY_FACTOR_MAX).length,
  };
}

/** The others' p99 in the second of a runaway policy, as a multiple of that in the second before. */
export function factorOf({ before, during }: Pick<IntruderReport, 'before' | 'during'>): number {
  return during.p99Us / Math.max(1, before.p99Us);
}

function formatMs(us: number): string {
  return formatNumber(us / 1000, 2);
}
