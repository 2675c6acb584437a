/** Writes what Holdfast adds to a write as RESULTS-API-SERVER.md. */
import type { ApiServerFigures, ApiServerResults } from './api-server-bench.ts';
import { spread } from './percentile.ts';
import { formatMachine, formatNumber, formatTable } from './report-format.ts';
import { formatRow, type TargetRow } from './target-row.ts';

const ADDED_MS_MAX = 0.6;

/** One row for each shape of write: the median over the pairs of turns. */
export function planAddedRows(results: ApiServerResults | undefined): readonly TargetRow[] {
  const common = { wanted: ADDED_MS_MAX, sign: '≤', unit: ' ms' } as const;
  if (results === undefined) {
    const what = 'added to the p50 of a write through the API server';
    const remedy = '`--api-server`, or `--all`';
    return [{ ...common, what, found: undefined, remedy, disturbance: 0 }];
  }
  const { shapes, machine } = results;
  return shapes.map(({ title, addedP50Us }) => ({
    ...common,
    what: `${title}: added to its p50 through the API server`,
    found: spread(addedP50Us).median / 1000,
    disturbance: machine.disturbance,
  }));
}

/** The whole document. */
export function formatApiServerResults(results: ApiServerResults): string {
  const { plan, date, machine, shapes, webhookCallUs } = results;
  const sections = [
    '# What Holdfast adds to a write through the API server',
    'Written by `npm run bench -- --api-server`; do not edit.',
    `A real kube-apiserver with etcd and the controllers, and Holdfast as \`dist/\` with its default policies. One write at a time, over one connection, in ${plan.rounds} turns with the webhook registered and as many without it, by turns; ${plan.writes} writes of each shape in a turn, after ten that are not measured. Measured on ${date}.`,
    formatMachine(machine),
    formatTable(['target', 'wanted', 'found', ''], planAddedRows(results).map(formatRow)),
    formatTable(
      [
        'write',
        'p50 without ms',
        'p50 with ms',
        'added to p50 ms: median of the pairs of turns, lowest and highest',
        'p99 without ms',
        'p99 with ms',
        'added to p99 ms',
      ],
      shapes.map(formatShape),
    ),
    `By its own clock the API server waits ${formatMs(webhookCallUs)} ms for the webhook, on the average of all calls: connection, Holdfast and the answer. What is added beyond that, it pays for match conditions and for the review that it writes and sends.`,
  ];
  return `${sections.join('\n\n')}\n`;
}

function formatShape({ title, without, registered, addedP50Us }: ApiServerFigures): string[] {
  const { median, min, max } = spread(addedP50Us);
  return [
    title,
    formatMs(without.p50Us),
    formatMs(registered.p50Us),
    `${formatMs(median)} (${formatMs(min)}–${formatMs(max)})`,
    formatMs(without.p99Us),
    formatMs(registered.p99Us),
    formatMs(registered.p99Us - without.p99Us),
  ];
}

function formatMs(us: number): string {
  return formatNumber(us / 1000, 2);
}
