/**
 * What policies do to others: bundles that are swapped under load, policies that are killed, quarantined or run out of memory beside
 * innocent requests, and the memory after a million evaluations.
 */
import { execFile } from 'node:child_process';
import { cp, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildBundle } from '../../src/authoring/build-bundle.ts';
import { ensureOpa } from '../../src/authoring/opa-binary.ts';
import { cacheFolder } from '../../src/base/cache-folder.ts';
import { ensureCertificates } from '../../src/certificates/ensure-certificates.ts';
import { copyBundle } from '../support/copy-bundle.ts';
import { waitUntil } from '../support/wait-until.ts';
import { buildShipped } from './build-shipped.ts';
import {
  ALL_EVALUATIONS,
  FIRST_EVALUATIONS,
  YOUNG_FLAGS,
  type MemorySample,
} from './evaluations-process.ts';
import { BUILT_ENTRY, startHoldfast, type HoldfastServerOptions } from './holdfast-server.ts';
import type { Intruder, LoadBody } from './load-client.ts';
import { MachineWatch, type WatchedMachine } from './machine.ts';
import { postOnce } from './raw-connection.ts';
import { formatMachine, formatNumber, formatTable } from './report-format.ts';
import { runLoad, type Round } from './run-load.ts';
import { findFreePort, type RunningServer } from './server-process.ts';
import {
  POLICY_FOLDER,
  readRecordedReviews,
  REPOSITORY_ROOT,
  runawayReview,
  selectBenchReviews,
} from './workload.ts';

const MISBEHAVING_FOLDER = join(REPOSITORY_ROOT, 'test', 'bench', 'policies-misbehaving');
const CONNECTIONS = 32;
const REQUESTS_PER_SECOND = 400;
/** Until what the start left is collected and compiled. */
const WARM_MS = 4_000;
const ROUND_MS = 10_000;
const MS_PER_SECOND = 1_000;
const SWAPS = 8;
const SWAP_MS_MAX = 20_000;
/** Memory after all evaluations, as a multiple of that after the first. */
const MEMORY_FACTOR_MAX = 1.1;
/** Kills until a policy is quarantined: none of them, or all. */
const NEVER = 1000;
const QUARANTINED_AFTER = 3;

export interface PoliciesPlan {
  readonly workFolder: string;
  readonly progress: (line: string) => void;
}

interface Scene extends PoliciesPlan {
  readonly tls: HoldfastServerOptions['tls'];
  readonly bundleFolder: string;
}

interface Swapped {
  readonly alone: Round;
  readonly swapping: Round;
  readonly revisions: number;
}

interface Misbehaved {
  readonly what: string;
  readonly round: Round;
}

/** Runs all three, and writes the report. */
export async function measurePolicies(plan: PoliciesPlan): Promise<string> {
  buildShipped(plan);
  const scene = await setScene(plan);
  const watch = await MachineWatch.start();
  const swapped = await measureSwaps(scene);
  const misbehaved = await measureMisbehaving(scene);
  const memory = await measureMemory(scene);
  return formatReport({ swapped, misbehaved, memory, machine: await watch.stop() });
}

async function setScene(plan: PoliciesPlan): Promise<Scene> {
  const { workFolder, progress } = plan;
  const opa = await ensureOpa({ cacheFolder: cacheFolder(), progress });
  const sourceFolder = join(workFolder, 'policies');
  await cp(POLICY_FOLDER, sourceFolder, { recursive: true });
  await cp(MISBEHAVING_FOLDER, sourceFolder, { recursive: true });
  const bundleFolder = join(workFolder, 'bundle');
  await buildBundle({ sourceFolder, output: bundleFolder, opa, progress });
  const { files } = await ensureCertificates({
    folder: join(workFolder, 'certs'),
    dnsNames: ['localhost'],
    ipAddresses: ['127.0.0.1'],
    nowMs: Date.now(),
  });
  const tls = { certificateFile: files.leafCertificate, keyFile: files.leafKey };
  return { ...plan, tls, bundleFolder };
}

function start(
  { workFolder, tls, bundleFolder }: Scene,
  options: Partial<HoldfastServerOptions> & { readonly name: string },
): Promise<RunningServer> {
  return startHoldfast({ workFolder, tls, bundleFolder, entry: BUILT_ENTRY, ...options });
}

/** Each review with the answer that it gets now: any other is a failure. */
async function readBodies({ url }: RunningServer): Promise<readonly LoadBody[]> {
  const reviews = selectBenchReviews(readRecordedReviews());
  return Promise.all(
    reviews.map(async ({ title, body }) => {
      const { body: answer } = await postOnce(url, Buffer.from(body));
      const [answerHolds] = /"allowed":(?:true|false)/u.exec(answer.toString()) ?? [];
      if (answerHolds === undefined) throw new Error(`"${title}" must be decided`);
      return { body, answerHolds };
    }),
  );
}

async function measureSwaps(scene: Scene): Promise<Swapped> {
  const { workFolder, bundleFolder, progress } = scene;
  const bundle = join(workFolder, 'swapped.tar.gz');
  await copyBundle(bundleFolder, bundle);
  const metricsPort = await findFreePort();
  const server = await start(scene, { name: 'swap', bundleFolder: bundle, metricsPort });
  try {
    const bodies = await readBodies(server);
    await load(server, { bodies, durationMs: WARM_MS });
    const alone = await load(server, { bodies, durationMs: ROUND_MS });
    progress(describe('no swap', alone));
    const swapping = load(server, { bodies, durationMs: 2 * ROUND_MS });
    let revisions = 0;
    for (let swap = 0; swap < SWAPS; swap += 1) {
      const before = await readRevision(metricsPort);
      // Whole, and at once: as a ConfigMap or `policy pull` replaces it.
      await rename(await copyBundle(bundleFolder, join(workFolder, `next-${swap}.tar.gz`)), bundle);
      await waitUntil(async () => (await readRevision(metricsPort)) !== before, SWAP_MS_MAX);
      revisions += 1;
    }
    const round = await swapping;
    progress(describe(`${String(revisions)} swaps`, round));
    return { alone, swapping: round, revisions };
  } finally {
    await server.stop();
  }
}

/** The bundle that judges now. */
async function readRevision(metricsPort: number): Promise<string | undefined> {
  const response = await fetch(`http://127.0.0.1:${metricsPort}/metrics`);
  const lines = (await response.text()).split('\n');
  const line = lines.find((one) => one.startsWith('holdfast_build_info') && one.endsWith(' 1'));
  return /policy_revision="([^"]+)"/u.exec(line ?? '')?.[1];
}

async function measureMisbehaving(scene: Scene): Promise<readonly Misbehaved[]> {
  const each = (perSecond: number, namespace: string): Intruder => ({
    bodies: [runawayReview(namespace)],
    atMs: Array.from(
      { length: (ROUND_MS / MS_PER_SECOND - 2) * perSecond },
      (_, index) => 2 * MS_PER_SECOND + (index * MS_PER_SECOND) / perSecond,
    ),
  });
  return [
    ...(await misbehave(scene, { name: 'killed', quarantineAfterKills: NEVER }, [
      ['undisturbed', undefined],
      ['killed: one a second is ended at its deadline of 200 ms', each(1, 'endless')],
      ['out of memory: one a second', each(1, 'hungry')],
    ])),
    ...(await misbehave(scene, { name: 'quarantined', quarantineAfterKills: QUARANTINED_AFTER }, [
      ['undisturbed', undefined],
      [
        'until it is quarantined: ten a second, of which the first 3 are killed',
        each(10, 'endless'),
      ],
      ['quarantined: ten a second', each(10, 'endless')],
    ])),
  ];
}

async function misbehave(
  scene: Scene,
  options: Pick<HoldfastServerOptions, 'name' | 'quarantineAfterKills'>,
  rounds: readonly (readonly [what: string, intruder: Intruder | undefined])[],
): Promise<readonly Misbehaved[]> {
  const server = await start(scene, options);
  try {
    const bodies = await readBodies(server);
    await load(server, { bodies, durationMs: WARM_MS });
    const measured: Misbehaved[] = [];
    for (const [what, intruder] of rounds) {
      const round = await load(server, { bodies, durationMs: ROUND_MS, intruder });
      scene.progress(describe(what, round));
      measured.push({ what, round });
    }
    return measured;
  } finally {
    await server.stop();
  }
}

function load(
  server: RunningServer,
  order: Pick<Parameters<typeof runLoad>[1], 'bodies' | 'durationMs' | 'intruder'>,
): Promise<Round> {
  return runLoad(server, {
    ...order,
    connections: CONNECTIONS,
    requestsPerSecond: REQUESTS_PER_SECOND,
  });
}

async function measureMemory({ bundleFolder, progress }: Scene): Promise<readonly MemorySample[]> {
  progress(`evaluating ${formatNumber(ALL_EVALUATIONS, 0)} times`);
  const script = join(import.meta.dirname, 'evaluations-process.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...YOUNG_FLAGS,
    '--expose-gc',
    script,
    bundleFolder,
  ]);
  const samples: readonly MemorySample[] = JSON.parse(stdout);
  return samples;
}

interface Report {
  readonly swapped: Swapped;
  readonly misbehaved: readonly Misbehaved[];
  readonly memory: readonly MemorySample[];
  readonly machine: WatchedMachine;
}

function formatReport({ swapped, misbehaved, memory, machine }: Report): string {
  return [
    '# What policies do to others',
    '',
    `The three reviews of the bench become due ${String(REQUESTS_PER_SECOND)} times a second over ${String(CONNECTIONS)} connections; latency counts from then. An answer that`,
    'decides otherwise than before the round is a failure. Written by `npm run bench -- --policies`.',
    '',
    '## Bundles that are swapped',
    '',
    formatTable(
      ['round', 'requests', 'failures', 'p50, ms', 'p99, ms', 'slowest, ms'],
      [
        ['no swap', ...cellsOf(swapped.alone)],
        [
          `${String(swapped.revisions)} other bundles came into force`,
          ...cellsOf(swapped.swapping),
        ],
      ],
    ),
    '',
    '## Policies that misbehave',
    '',
    'Of the innocent requests; the others are not counted. Each server first answers without them.',
    '',
    formatTable(
      ['the others', 'requests', 'failures', 'p50, ms', 'p99, ms', 'slowest, ms', 'their answers'],
      misbehaved.map(({ what, round }) => [what, ...cellsOf(round), answersOf(round)]),
    ),
    '',
    '## Memory',
    '',
    'One process with its engine, nine of ten evaluations on its thread and the others in its worker; after a collection. Its young generation has from the start',
    `the size to which V8 lets it grow (${YOUNG_FLAGS.join(' ')}): that growth is a step of its own, and nothing that evaluations leave behind.`,
    '',
    formatTable(
      [
        'evaluations',
        'memory of the process, MiB',
        'heap of the thread, MiB',
        'its young generation, MiB',
        'buffers, MiB',
      ],
      memory.map(({ evaluations, rssBytes, heapBytes, youngBytes, arrayBufferBytes }) => [
        formatNumber(evaluations, 0),
        ...[rssBytes, heapBytes, youngBytes, arrayBufferBytes].map(toMebibytes),
      ]),
    ),
    '',
    judgeMemory(memory),
    '',
    formatMachine(machine),
    '',
  ].join('\n');
}

function cellsOf({ requests, failures, latency }: Round): readonly string[] {
  const { p50Us, p99Us, maxUs } = latency;
  return [formatNumber(requests, 0), String(failures), ...[p50Us, p99Us, maxUs].map(toMs)];
}

/** How often each answer came, by its code. */
function answersOf({ intruders }: Round): string {
  const codes = intruders.map(({ body }) => /policy_[a-z_]+/u.exec(body)?.[0] ?? 'allowed');
  return [...new Set(codes)]
    .map((code) => `${code} ${String(codes.filter((one) => one === code).length)}`)
    .join(', ');
}

function judgeMemory(memory: readonly MemorySample[]): string {
  const first = memory.find(({ evaluations }) => evaluations === FIRST_EVALUATIONS);
  const last = memory.at(-1);
  const factor = (last?.rssBytes ?? Number.NaN) / (first?.rssBytes ?? Number.NaN);
  const verdict = factor <= MEMORY_FACTOR_MAX ? 'That is within it.' : 'That is not within it.';
  const wanted = formatNumber((MEMORY_FACTOR_MAX - 1) * 100, 0);
  return (
    `Wanted: after ${formatNumber(ALL_EVALUATIONS, 0)} at most ${wanted} % more than after ${formatNumber(FIRST_EVALUATIONS, 0)}. ` +
    `It is ${formatNumber((factor - 1) * 100, 1)} %. ${verdict}`
  );
}

function describe(what: string, { requests, failures, latency }: Round): string {
  return `${what}: ${String(requests)} requests, ${String(failures)} failures, p99 ${toMs(latency.p99Us)} ms`;
}

function toMs(us: number): string {
  return formatNumber(us / 1000, 2);
}

function toMebibytes(bytes: number): string {
  return formatNumber(bytes / 1024 / 1024, 1);
}
