/** Writes what Holdfast adds to a write as RESULTS-API-SERVER.md. */
import type { AddedLatency, ApiServerFigures, ApiServerResults } from './api-server-bench.ts';
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
  return shapes.map(({ title, bare, holdfast }) => ({
    ...common,
    what: `${title}: added to its p50 through the API server (a bare HTTPS server: ${formatMs(spread(bare.addedP50Us).median)} ms)`,
    found: spread(holdfast.addedP50Us).median / 1000,
    disturbance: machine.disturbance,
  }));
}

/** The whole document. */
export function formatApiServerResults(results: ApiServerResults): string {
  const { plan, date, machine, shapes } = results;
  const sections = [
    '# What Holdfast adds to a write through the API server',
    'Written by `npm run bench -- --api-server`; do not edit.',
    `A real kube-apiserver with etcd and the controllers, and Holdfast as \`dist/\` with its default policies. “Bare” is a \`node:https\` server that parses the review and allows it, registered in the same way: less no webhook in Node can do. One write at a time, over one connection, in ${plan.rounds} turns of each kind, by turns; ${plan.writes} writes of each shape in a turn, after ten that are not measured. Measured on ${date}.`,
    formatMachine(machine),
    formatTable(['target', 'wanted', 'found', ''], planAddedRows(results).map(formatRow)),
    formatTable(
      [
        'write',
        'webhook',
        'p50 ms',
        'p99 ms',
        'added to p50 ms: median of the rounds, lowest and highest',
        'added to p99 ms',
        'a call, by the clock of the API server, ms',
      ],
      shapes.flatMap(formatShape),
    ),
    'What is added beyond the call, the API server pays for match conditions and for the review that it writes.',
  ];
  return `${sections.join('\n\n')}\n`;
}

function formatShape({ title, without, bare, holdfast }: ApiServerFigures): readonly string[][] {
  const added = (webhook: string, { latency, addedP50Us, callUs }: AddedLatency): string[] => {
    const { median, min, max } = spread(addedP50Us);
    return [
      title,
      webhook,
      formatMs(latency.p50Us),
      formatMs(latency.p99Us),
      `${formatMs(median)} (${formatMs(min)}–${formatMs(max)})`,
      formatMs(latency.p99Us - without.p99Us),
      formatMs(callUs),
    ];
  };
  return [
    [title, 'none', formatMs(without.p50Us), formatMs(without.p99Us), '', '', ''],
    added('bare', bare),
    added('Holdfast', holdfast),
  ];
}

function formatMs(us: number): string {
  return formatNumber(us / 1000, 2);
}
