/**
 * What strangers and large reviews cost the API server's answers: reviews become due at a fixed rate, alone, beside a thousand slow
 * strangers, and beside one large review each second.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { serverCertificatesOf } from '../support/certificates.ts';
import { HEAVY_SHAPES, heavyReview } from '../support/heavy-reviews.ts';
import { bundleFolder } from '../support/policy-bundles.ts';
import { startSlowStrangers } from '../support/slow-strangers.ts';
import { waitUntil } from '../support/wait-until.ts';
import { buildShipped } from './build-shipped.ts';
import { BUILT_ENTRY, startHoldfast } from './holdfast-server.ts';
import type { Intruder, LoadBody } from './load-client.ts';
import { MachineWatch, type WatchedMachine } from './machine.ts';
import { formatMachine, formatNumber, formatTable } from './report-format.ts';
import { runLoad, type Round } from './run-load.ts';
import type { RunningServer } from './server-process.ts';
import { readRecordedReviews, selectBenchReviews } from './workload.ts';

const MIB = 1024 * 1024;
/** Twice what one client writes through a real API server that asks no webhook: RESULTS-API-SERVER.md has 2.33 ms for a write. */
const REVIEWS_PER_SECOND = 1000;
const CONNECTIONS = 32;
const STRANGERS = 1000;
const BYTE_EVERY_MS = 1000;
const CONNECT_MS_MAX = 120_000;
const WARM_MS = 5000;
/** The largest that an API server stores is 1.5 MiB, and an update has it twice. */
const HEAVY_BYTES = 2.9 * MIB;
const HEAVY = ['small maps', 'maps of different keys', 'wide map', 'deep maps', 'integers'];
const HEAVY_REVIEWS = 8;
const HEAVY_SECONDS = 10;
const MS_PER_SECOND = 1000;

export interface StrangersPlan {
  readonly workFolder: string;
  /** Of the rounds with and without strangers. */
  readonly seconds: number;
  /** What Node runs. @default this checkout as it is shipped */
  readonly entry?: string | undefined;
  readonly progress: (line: string) => void;
}

/** Runs all rounds on one server, and writes the report. */
export async function measureStrangers(plan: StrangersPlan): Promise<string> {
  const { seconds, progress } = plan;
  if (plan.entry === undefined) buildShipped({ progress });
  const machine = await MachineWatch.start();
  const server = await start(plan);
  const bodies = selectBenchReviews(readRecordedReviews()).map(({ body }) => ({
    body,
    answerHolds: '"uid":',
  }));
  try {
    await load(server, bodies, { seconds: WARM_MS / MS_PER_SECOND });
    const alone = await load(server, bodies, { seconds });
    progress(describe('alone', alone));
    const strangers = startSlowStrangers({
      port: Number(server.url.port),
      count: STRANGERS,
      byteEveryMs: BYTE_EVERY_MS,
      servername: 'localhost',
    });
    await waitUntil(() => strangers.connected() === STRANGERS, CONNECT_MS_MAX);
    const beside = await load(server, bodies, { seconds });
    const [connected, closed] = [strangers.connected(), strangers.closed()];
    strangers.stop();
    progress(describe(`beside ${String(connected)} strangers`, beside));
    const heavy: (readonly [string, Round])[] = [];
    for (const shape of HEAVY) {
      const round = await load(server, bodies, {
        seconds: HEAVY_SECONDS,
        intruder: heavyOf(shape),
      });
      progress(describe(`beside ${shape}`, round));
      heavy.push([shape, round]);
    }
    await server.stop();
    const figures = { seconds, alone, beside, connected, closed, heavy };
    return formatReport(await machine.stop(), figures);
  } finally {
    await server.stop();
  }
}

interface Figures {
  readonly seconds: number;
  readonly alone: Round;
  readonly beside: Round;
  readonly connected: number;
  readonly closed: number;
  readonly heavy: readonly (readonly [string, Round])[];
}

async function start({ workFolder, entry = BUILT_ENTRY }: StrangersPlan): Promise<RunningServer> {
  const { server } = serverCertificatesOf('holdfast');
  const tls = {
    certificateFile: join(workFolder, 'tls.crt'),
    keyFile: join(workFolder, 'tls.key'),
  };
  await writeFile(tls.certificateFile, server.cert);
  await writeFile(tls.keyFile, server.key, { mode: 0o600 });
  return startHoldfast({
    name: 'strangers',
    entry,
    workFolder,
    bundleFolder: await bundleFolder(),
    tls,
    audit: { journal: { folder: join(workFolder, 'journal') } },
  });
}

/** Latency counts from when a review was due. */
function load(
  server: RunningServer,
  bodies: readonly LoadBody[],
  { seconds, intruder }: { readonly seconds: number; readonly intruder?: Intruder },
): Promise<Round> {
  return runLoad(server, {
    bodies,
    connections: CONNECTIONS,
    requestsPerSecond: REVIEWS_PER_SECOND,
    durationMs: seconds * MS_PER_SECOND,
    ...(intruder && { intruder }),
  });
}

/** One each second, from the first second to the one before the last. */
function heavyOf(name: string): Intruder {
  const shape = HEAVY_SHAPES[name];
  if (shape === undefined) throw new RangeError(`There is no shape "${name}"`);
  const atMs = Array.from({ length: HEAVY_REVIEWS }, (_, second) => (second + 1) * MS_PER_SECOND);
  return { bodies: [heavyReview({ shape, bytes: HEAVY_BYTES }).toString()], atMs };
}

function describe(what: string, { latency, failures, requests }: Round): string {
  return `${what}: ${String(requests)} reviews, ${String(failures)} failed, p99 ${cellOf(latency.p99Us)} ms, longest ${cellOf(latency.maxUs)} ms`;
}

function cellOf(us: number): string {
  return formatNumber(us / MS_PER_SECOND, 2);
}

function rowOf(what: string, { requests, failures, latency }: Round): readonly string[] {
  const { p50Us, p99Us, maxUs } = latency;
  return [
    what,
    formatNumber(requests, 0),
    formatNumber(failures, 0),
    ...[p50Us, p99Us, maxUs].map(cellOf),
  ];
}

function formatReport(machine: WatchedMachine, figures: Figures): string {
  const { seconds, alone, beside, connected, closed, heavy } = figures;
  const factor = beside.latency.p99Us / alone.latency.p99Us;
  return [
    '# What strangers and large reviews cost the API server',
    '',
    `Written by \`npm run bench -- --strangers\`; do not edit.`,
    '',
    `Holdfast with its default policies and a journal, without a client certificate. ${formatNumber(REVIEWS_PER_SECOND, 0)} reviews a second become due over ${String(CONNECTIONS)} connections, and`,
    `their latency counts from then. “Failed” is every answer that is not 200: none is a 503. ${formatNumber(STRANGERS, 0)} strangers of another address each send a review byte by`,
    `byte, one a second, and come again when they are turned away, as after the 10 s that a request may take: ${formatNumber(connected, 0)} were connected at the end, and the server closed ${formatNumber(closed, 0)} connections. Large reviews have ${formatNumber(HEAVY_BYTES / MIB, 1)} MiB:`,
    'the largest object that an API server stores, before and after.',
    '',
    formatMachine(machine),
    '',
    formatTable(
      ['target', 'wanted', 'found'],
      [
        ['answers beside strangers that are not 200', '0', formatNumber(beside.failures, 0)],
        ['p99 beside strangers, by p99 alone', '≤ 2', formatNumber(factor, 2)],
      ],
    ),
    '',
    formatTable(
      ['beside', 'reviews', 'failed', 'p50 ms', 'p99 ms', 'longest ms'],
      [
        rowOf(`nothing, ${String(seconds)} s`, alone),
        rowOf(`${formatNumber(STRANGERS, 0)} strangers, ${String(seconds)} s`, beside),
        ...heavy.map(([shape, round]) => rowOf(`one large review each second: ${shape}`, round)),
      ],
    ),
    '',
  ].join('\n');
}
