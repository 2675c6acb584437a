/** Writes what the journal costs as RESULTS-JOURNAL.md. */
import type { JournalBenchResults, ModeFigures } from './journal-bench.ts';
import { DISTURBANCE_MAX } from './measure.ts';
import { formatNumber, formatSpread, formatTable } from './report-format.ts';
import { medianOf } from './results.ts';
import type { Round } from './run-load.ts';

const ADDED_P99_MS_MAX = 5;

/** The whole document. */
export function formatJournalResults(results: JournalBenchResults): string {
  const sections = [
    '# What the journal costs',
    'Written by `npm run bench -- --journal`; do not edit.',
    formatConditions(results),
    '## An answer waits longer',
    formatPaced(results),
    '## As fast as answers come',
    formatClosed(results),
    '## The journal alone',
    formatAppends(results),
    METHOD,
  ];
  return `${sections.join('\n\n')}\n`;
}

function formatConditions({ date, machine, plan, modes }: JournalBenchResults): string {
  const shares = modes.flatMap(({ paced, closed }) =>
    [...paced, ...closed].map(({ disturbance }) => disturbance),
  );
  return formatTable(
    ['condition', 'value'],
    [
      ['date', date],
      ['processor', `${machine.cpuModel}, ${machine.cores} cores`],
      ['kernel', machine.kernel],
      ['node', machine.node],
      ['load average before the run', formatNumber(machine.loadAverage, 2)],
      ['rounds', `${plan.rounds} of ${formatNumber(plan.roundMs / 1000, 1)} s, interleaved`],
      [
        'processors taken by others, median and worst round',
        `${percent(medianOf(shares))}, ${percent(Math.max(...shares))} (above ${percent(DISTURBANCE_MAX)} nothing is proven)`,
      ],
    ],
  );
}

function formatPaced({ modes, pace }: JournalBenchResults): string {
  const base = modes.find(({ mode }) => mode === 'off');
  const rows = modes.map((figures) => [
    figures.mode,
    ...(['p50Us', 'p99Us'] as const).flatMap((key) => [
      formatSpread(ms(figures.paced, key), 2),
      added(figures, base, key),
    ]),
  ]);
  const waiting = modes.find(({ mode }) => mode === 'before-response');
  const addedMs = addedP99Ms(waiting, base);
  const disturbed = Math.max(0, ...(waiting?.paced ?? []).map(({ disturbance }) => disturbance));
  const verdict = addedMs < ADDED_P99_MS_MAX ? 'met' : 'not met';
  return [
    `One refused review at ${pace.requestsPerSecond} requests/s over ${pace.connections} connections: every answer needs a record.`,
    formatTable(['durability', 'p50 ms', 'added', 'p99 ms', 'added'], rows),
    `Wanted: less than ${ADDED_P99_MS_MAX} ms added at p99 while answers wait for the disk. Found: ${formatNumber(addedMs, 2)} ms: ` +
      (disturbed <= DISTURBANCE_MAX
        ? `${verdict}.`
        : `${verdict}, and not proven: others took up to ${percent(disturbed)}.`),
  ].join('\n\n');
}

function formatClosed({ modes, closedConnections }: JournalBenchResults): string {
  return [
    `The same review over ${closedConnections} connections. Without a journal each refusal is a log line.`,
    formatTable(
      ['durability', 'refusals/s', 'p50 ms', 'p99 ms', 'server CPU µs/refusal'],
      modes.map(({ mode, closed }) => [
        mode,
        formatSpread(
          closed.map(({ requestsPerSecond }) => requestsPerSecond),
          0,
        ),
        formatSpread(ms(closed, 'p50Us'), 2),
        formatSpread(ms(closed, 'p99Us'), 2),
        formatNumber(medianOf(closed.map((round) => round.serverCpuUsPerRequest)), 0),
      ]),
    ),
  ].join('\n\n');
}

function formatAppends({ appends, bytesPerRecord, records }: JournalBenchResults): string {
  return [
    formatTable(
      ['records waiting at a time', 'records/s', 'p50 ms', 'p99 ms'],
      appends.map(({ waiting, recordsPerSecond, p50Ms, p99Ms }) => [
        String(waiting),
        formatNumber(recordsPerSecond, 0),
        formatNumber(p50Ms, 2),
        formatNumber(p99Ms, 2),
      ]),
    ),
    `${formatNumber(bytesPerRecord, 0)} bytes on disk for each record, indexes included (${formatNumber(records, 0)} records).`,
  ].join('\n\n');
}

function ms(rounds: readonly Round[], key: 'p50Us' | 'p99Us'): readonly number[] {
  return rounds.map(({ latency }) => latency[key] / 1000);
}

function added(
  figures: ModeFigures,
  base: ModeFigures | undefined,
  key: 'p50Us' | 'p99Us',
): string {
  if (figures === base || base === undefined) return '';
  return formatNumber(medianOf(ms(figures.paced, key)) - medianOf(ms(base.paced, key)), 2);
}

function addedP99Ms(figures: ModeFigures | undefined, base: ModeFigures | undefined): number {
  return medianOf(ms(figures?.paced ?? [], 'p99Us')) - medianOf(ms(base?.paced ?? [], 'p99Us'));
}

function percent(share: number): string {
  return `${formatNumber(share * 100, 0)} %`;
}

const METHOD = [
  '* Each server is a child process, the load generator is another; both share the cores of the machine.',
  '* At a fixed pace a request’s latency counts from when it was due. Three servers are measured in turn, round by round.',
  '* A round that others disturbed is measured again, up to three times; the least disturbed is kept, whatever was measured.',
  '* The journal alone is called in one process; each caller appends its next record when the last was durable.',
].join('\n');
