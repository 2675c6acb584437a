/** Writes what sinks cost the answers as RESULTS-DELIVERY.md. */
import type { DeliveryBenchResults, SinkFigures } from './delivery-bench.ts';
import { DISTURBANCE_MAX } from './measure.ts';
import { formatNumber, formatSpread, formatTable } from './report-format.ts';
import { medianOf } from './results.ts';
import type { Round } from './run-load.ts';

/** Of the server without sinks. */
const DIFFERENCE_MAX = 0.05;

/** The whole document. */
export function formatDeliveryResults(results: DeliveryBenchResults): string {
  const sections = [
    '# What sinks cost the answers',
    'Written by `npm run bench -- --delivery`; do not edit.',
    formatConditions(results),
    '## At a fixed pace',
    formatPaced(results),
    '## As fast as answers come',
    formatClosed(results),
    formatVerdict(results),
    METHOD,
  ];
  return `${sections.join('\n\n')}\n`;
}

function formatConditions({ date, machine, plan, servers }: DeliveryBenchResults): string {
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
        'processors taken by others without sinks, worst round',
        `${percent(worstDisturbance(servers[0]))} (above ${percent(DISTURBANCE_MAX)} nothing is proven)`,
      ],
    ],
  );
}

function formatPaced({ servers, pace }: DeliveryBenchResults): string {
  return [
    `One refused review at ${pace.requestsPerSecond} requests/s over ${pace.connections} connections; every answer waits for its record on the disk.`,
    formatTable(
      ['sinks', 'p50 ms', 'p99 ms', 'against none', 'delivered after, ms'],
      servers.map((figures) => [
        String(figures.sinks),
        formatSpread(ms(figures.paced, 'p50Us'), 2),
        formatSpread(ms(figures.paced, 'p99Us'), 2),
        against(p99Of(figures), p99Of(servers[0])),
        formatSpread(figures.drainMs, 0),
      ]),
    ),
  ].join('\n\n');
}

function formatClosed({ servers, closedConnections }: DeliveryBenchResults): string {
  return [
    `The same review over ${closedConnections} connections.`,
    formatTable(
      ['sinks', 'refusals/s', 'against none', 'p99 ms', 'server CPU µs/refusal'],
      servers.map((figures) => [
        String(figures.sinks),
        formatSpread(rates(figures), 0),
        against(rateOf(figures), rateOf(servers[0])),
        formatSpread(ms(figures.closed, 'p99Us'), 2),
        formatNumber(medianOf(figures.closed.map((round) => round.serverCpuUsPerRequest)), 0),
      ]),
    ),
  ].join('\n\n');
}

function formatVerdict({ servers }: DeliveryBenchResults): string {
  const [none, ...others] = servers;
  const isMet = others.every(
    (figures) =>
      rateOf(figures) >= rateOf(none) * (1 - DIFFERENCE_MAX) &&
      p99Of(figures) <= p99Of(none) * (1 + DIFFERENCE_MAX),
  );
  const isProven = worstDisturbance(none) <= DISTURBANCE_MAX;
  return `Wanted: refusals/s and p99 at a fixed pace within ${percent(DIFFERENCE_MAX)} of those without sinks. Found: ${isMet ? 'met' : 'not met'}${isProven ? '' : ', and not proven: others were at work'}.`;
}

function rates({ closed }: SinkFigures): readonly number[] {
  return closed.map(({ requestsPerSecond }) => requestsPerSecond);
}

function rateOf(figures: SinkFigures | undefined): number {
  return figures === undefined ? 0 : medianOf(rates(figures));
}

function p99Of(figures: SinkFigures | undefined): number {
  return medianOf(ms(figures?.paced ?? [], 'p99Us'));
}

function ms(rounds: readonly Round[], key: 'p50Us' | 'p99Us'): readonly number[] {
  return rounds.map(({ latency }) => latency[key] / 1000);
}

function worstDisturbance(figures: SinkFigures | undefined): number {
  const rounds = [...(figures?.paced ?? []), ...(figures?.closed ?? [])];
  return Math.max(0, ...rounds.map(({ disturbance }) => disturbance));
}

function against(value: number, base: number): string {
  const difference = base === 0 ? 0 : value / base - 1;
  return `${difference < 0 ? '−' : '+'}${formatNumber(Math.abs(difference) * 100, 1)} %`;
}

function percent(share: number): string {
  return `${formatNumber(share * 100, 0)} %`;
}

const METHOD = [
  '* Each server is a child process; the load generator and the receivers of its sinks are others. All share the cores of the machine:',
  '  the delivery thread and the receivers take processor time that no thread can give back, and a fixed pace shows what is left of it.',
  '* While admission is busy, the sinks of a replica take a twentieth of a processor together: flat out, most of what they have to',
  '  deliver waits for the end of a round, for a minute at most.',
  '* Each sink posts CloudEvents in batches to a receiver of its own over HTTP on loopback, with the default settings.',
  '* A server is measured when its sinks have delivered everything of the round before. Receivers count as disturbance in a',
  '  server’s own rounds, so that whether others were at work is told by the server without sinks.',
].join('\n');
