/** Writes what was measured as RESULTS.md: figures first, the conditions under which they hold beside them. */
import { describeLoad, DISTURBANCE_MAX, formatThreads, type Cell } from './measure.ts';
import { formatNumber, formatSpread, formatTable } from './report-format.ts';
import { describeRunaways, formatRunaways } from './report-runaway.ts';
import { formatTargets, medianThreads } from './report-targets.ts';
import { LIMIT, medianOf, throughputOf, type BenchResults } from './results.ts';

/** The whole document. */
export function formatResults(results: BenchResults): string {
  const sections = [
    '# Benchmark results',
    'Written by `npm run bench`; do not edit.',
    formatConditions(results),
    ...formatDisturbance(results),
    '## Targets',
    formatTargets(results),
    ...[...new Set(results.measurements.cells.map(({ load }) => describeLoad(load)))].flatMap(
      (load) => [
        `## ${load.charAt(0).toUpperCase()}${load.slice(1)}`,
        formatCells(results.measurements.cells.filter((cell) => describeLoad(cell.load) === load)),
      ],
    ),
    'Median of the rounds, with the lowest and the highest. “×” compares the medians with the limit: the bare server that parses the review.',
    '## Memory and start-up',
    formatMemory(results),
    ...formatStartUp(results),
    ...formatEndurance(results),
    ...formatRunaway(results),
    '## How it is measured',
    METHOD,
  ];
  return `${sections.join('\n\n')}\n`;
}

function formatConditions({
  date,
  machine,
  holdfastVersion,
  opaVersion,
  plan,
  measurements,
}: BenchResults): string {
  const reviews = plan.reviews.map(
    ({ title, bodyBytes, matching, allowed }) =>
      `${title} (${formatNumber(bodyBytes, 0)} bytes, ${allowed ? 'allowed' : 'denied'} by ${matching.join(', ')})`,
  );
  return formatTable(
    ['condition', 'value'],
    [
      ['date', date],
      ['processor', `${machine.cpuModel}, ${machine.cores} cores`],
      ['memory', `${formatNumber(machine.memoryMib, 0)} MiB`],
      ['kernel', machine.kernel],
      ['load average before the run', formatNumber(machine.loadAverage, 2)],
      ['node', machine.node],
      ['holdfast', holdfastVersion],
      ['opa', opaVersion],
      ['policies', `${plan.policies} loaded (test/bench/policies)`],
      ...reviews.map((review) => ['review', review]),
      ['recording', plan.recording],
      [
        'rounds measured again because others used the machine',
        String(measurements.repeatedRounds),
      ],
      ['rounds', `${plan.rounds} of ${formatNumber(plan.roundMs / 1000, 1)} s, interleaved`],
    ],
  );
}

function formatCells(cells: readonly Cell[]): string {
  return formatTable(
    [
      'review',
      'server',
      'requests/s',
      '×',
      'p50 ms',
      'p99 ms',
      'wrong answers',
      'server CPU µs/request',
      'main / workers / V8',
      'load generator CPU µs/request',
      'CPU taken by others',
    ],
    cells.map((cell) => {
      const { review, target, rounds } = cell;
      return [
        review,
        target,
        formatSpread(
          rounds.map(({ requestsPerSecond }) => requestsPerSecond),
          0,
        ),
        formatNumber(throughputOf(cell) / throughputOf(findBase(cells, cell)), 2),
        formatSpread(
          rounds.map(({ latency }) => latency.p50Us / 1000),
          3,
        ),
        formatSpread(
          rounds.map(({ latency }) => latency.p99Us / 1000),
          3,
        ),
        String(rounds.reduce((sum, { failures }) => sum + failures, 0)),
        formatNumber(medianOf(rounds.map((round) => round.serverCpuUsPerRequest)), 0),
        formatThreads(medianThreads(cell)),
        formatNumber(medianOf(rounds.map((round) => round.clientCpuUsPerRequest)), 0),
        formatPercent(medianOf(rounds.map(({ disturbance }) => disturbance))),
      ];
    }),
  );
}

/** Figures of a busy machine look like figures: only this says that they are none. */
function formatDisturbance({ measurements, runaway }: BenchResults): readonly string[] {
  const shares = measurements.cells.flatMap(({ rounds }) =>
    rounds.map(({ disturbance }) => disturbance),
  );
  const worst = Math.max(...shares, runaway?.disturbance ?? 0);
  if (worst <= DISTURBANCE_MAX) return [];
  return [
    `**Disturbed: other processes took up to ${formatPercent(worst)} of the processors during a round ` +
      `(median ${formatPercent(medianOf(shares))}; above ${formatPercent(DISTURBANCE_MAX)} nothing is proven). ` +
      'Targets that rest on such a round are marked as not proven.**',
  ];
}

function formatPercent(share: number): string {
  return `${formatNumber(share * 100, 0)} %`;
}

function findBase(cells: readonly Cell[], { review }: Cell): Cell | undefined {
  return cells.find((cell) => cell.review === review && cell.target === LIMIT);
}

function formatMemory({ measurements }: BenchResults): string {
  const mib = (kib: number): string => formatNumber(kib / 1024, 0);
  return formatTable(
    ['server', 'RSS idle MiB', 'RSS after all rounds MiB', 'peak RSS MiB'],
    measurements.memory.map(({ target, idle, loaded }) => [
      target,
      mib(idle.rssKib),
      mib(loaded.rssKib),
      mib(loaded.peakKib),
    ]),
  );
}

function formatStartUp({ startUps }: BenchResults): readonly string[] {
  if (startUps.length === 0) return [];
  return [
    formatTable(
      ['start', 'ready after ms'],
      startUps.map(({ what, startUpMs }) => [what, formatSpread(startUpMs, 0)]),
    ),
  ];
}

function formatEndurance({ endurance }: BenchResults): readonly string[] {
  if (endurance === undefined) return [];
  return [
    formatTable(
      ['requests answered', 'RSS MiB'],
      endurance.samples.map(({ requests, rssKib }) => [
        formatNumber(requests, 0),
        formatNumber(rssKib / 1024, 0),
      ]),
    ),
  ];
}

function formatRunaway({ runaway }: BenchResults): readonly string[] {
  return runaway === undefined
    ? []
    : ['## A policy that never ends', describeRunaways(runaway), formatRunaways(runaway)];
}

const METHOD = [
  '* Each server is a child process; the load generator (`load-client.ts`) is another. All share the cores of the machine, so the generator’s own cost is given.',
  '  It is a raw keep-alive client in Node: wrk 4.1 was tried and costs nearly as much (26 to 29 against 31 to 36 µs of CPU for a small request over TLS),',
  '  adjusts its percentiles afterwards for omissions that it guesses, and would have to run Lua on each answer to check it.',
  '* Every answer is checked, status and words, not a sample. Before the first round the verdicts are compared in full: allowed or denied as OPA’s own evaluation says, each of its denials named in the answer, also for reviews that are refused.',
  '* A round during which other processes took more than 10 % of the processors is measured again, up to five times; the least disturbed is kept. What was measured plays no part in that choice.',
  '* Closed loop: a connection sends its next review when the last was answered. At one connection that is service time; at 32 it includes the queue that 32 callers make.',
  '* The runaway is measured at a fixed pace instead, and a review’s latency counts from when it was due: a stall is charged to all that it delays.',
  '* Holdfast logs as it does by default, into a file: a line for each refusal, which is its evidence. OPA logs from `error` on; it would else write lines for each request.',
  '* “node:https” is `bare-server.ts`: the body is read, in the second form also parsed, and an answer is written. Less no admission webhook in Node can do.',
  '* “Holdfast” is `dist/`, as `npm run build` writes it and the image runs it; “from its sources” is `src/`, whose types Node strips at the start.',
  '* The quiet Pod is the recorded one with limits for its container: nothing is recorded of it. The recorded one ends in a warning, and the answer waits for its record.',
  '* The time of threads is read from the kernel (`/proc/PID/task/TID/schedstat`): the main thread, worker threads with the pool of libuv, and the threads of V8 that compile and collect.',
  '* Each server is warmed up until V8’s threads take no less from round to round.',
  '* “Without policies” is the same command with the same policies switched `off`: the review is read, checked and answered in full.',
  '* Gatekeeper gets the same rules as ConstraintTemplates in Rego, on a real API server that is idle meanwhile, and the same reviews at its webhook. Where it differs it has less to do:',
  '  a constraint has one action for all its rules, rules that only audit are left out, and facts are read from the review. Before the first round its verdicts, denials and warnings are compared with OPA’s.',
  '* OPA gets the same Rego, the same generated entry point and the same input document (request, facts, parameters) that Holdfast’s WASM gets; the facts are in its request, and it need not gather them.',
].join('\n');
