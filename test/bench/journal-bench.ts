/** What the journal costs: records per second on its own, and what an answer waits longer because of it. */
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { openJournal } from '../../src/audit/journal/open-journal.ts';
import type { Journal } from '../../src/audit/journal.ts';
import { systemClock } from '../../src/base/clock.ts';
import { ensureCertificates } from '../../src/certificates/ensure-certificates.ts';
import { createLogger } from '../../src/telemetry/pino-logger.ts';
import { createMetrics } from '../../src/telemetry/prometheus-metrics.ts';
import { sampleRequest } from '../support/admission-samples.ts';
import { journalOptions, sampleRecord } from '../support/journal-samples.ts';
import { bundleFolder, policyText } from '../support/policy-bundles.ts';
import { startHoldfast, type HoldfastServerOptions } from './holdfast-server.ts';
import type { LoadBody } from './load-client.ts';
import { describeMachine, type Machine } from './machine.ts';
import { DISTURBANCE_MAX } from './measure.ts';
import { percentile } from './percentile.ts';
import { runLoad, type Round } from './run-load.ts';
import type { RunningServer } from './server-process.ts';

/** Its only policy refuses it: each of its answers needs a record. */
const REFUSED: LoadBody = {
  body: JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: sampleRequest({ name: 'bad' }),
  }),
  answerHolds: '"allowed":false',
};
const WARM_UP_MS = 2_000;
/** A pace that the machine keeps easily. */
export const PACE = { connections: 16, requestsPerSecond: 500 };
/** Connections that each send their next request when the last was answered. */
export const CLOSED_CONNECTIONS = 32;
const ATTEMPTS_MAX = 3;
/** Records that wait for the disk at the same time. */
const WAITING = [1, 16, 512];
const RECORDS_PER_WAITING = 4000;

/** Each refusal is a record of its own, though one user repeats them. */
export const WHOLE = { sameWholeMax: 1_000_000, actorWholeMax: 1_000_000 };

/** How a server records: without a journal, and with each durability. */
export type JournalMode = 'off' | 'async' | 'before-response';
const MODES: readonly JournalMode[] = ['off', 'async', 'before-response'];

export interface JournalBenchPlan {
  readonly workFolder: string;
  readonly rounds: number;
  readonly roundMs: number;
  readonly progress: (line: string) => void;
}

export interface AppendFigures {
  readonly waiting: number;
  readonly recordsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface ModeFigures {
  readonly mode: JournalMode;
  /** At a fixed pace: latency counts from when a request was due. */
  readonly paced: readonly Round[];
  /** As fast as answers come. */
  readonly closed: readonly Round[];
}

/** Everything a run of this bench found out. */
export interface JournalBenchResults {
  readonly date: string;
  readonly machine: Machine;
  readonly plan: Pick<JournalBenchPlan, 'rounds' | 'roundMs'>;
  readonly pace: typeof PACE;
  readonly closedConnections: number;
  readonly appends: readonly AppendFigures[];
  readonly records: number;
  readonly bytesPerRecord: number;
  readonly modes: readonly ModeFigures[];
}

/** Measures the journal alone, then three servers side by side on one refused review. */
export async function measureJournal(plan: JournalBenchPlan): Promise<JournalBenchResults> {
  const machine = describeMachine();
  const alone = await measureAppends(plan);
  const modes = await measureModes(plan);
  return {
    date: new Date().toISOString().slice(0, 10),
    machine,
    plan,
    pace: PACE,
    closedConnections: CLOSED_CONNECTIONS,
    ...alone,
    modes,
  };
}

async function measureAppends({
  workFolder,
  progress,
}: JournalBenchPlan): Promise<Pick<JournalBenchResults, 'appends' | 'bytesPerRecord' | 'records'>> {
  const folder = join(workFolder, 'journal-alone');
  const journal = await openJournal(journalOptions(folder), {
    clock: systemClock,
    logger: createLogger({ level: 'silent' }),
    metrics: createMetrics(),
  });
  const appends: AppendFigures[] = [];
  for (const waiting of WAITING) {
    await appendMany(journal, waiting, RECORDS_PER_WAITING / 4);
    const figures = await appendMany(journal, waiting, RECORDS_PER_WAITING);
    progress(`${waiting} waiting: ${figures.recordsPerSecond.toFixed(0)} records/s`);
    appends.push(figures);
  }
  const records = journal.lastSequence();
  await journal.close();
  const names = (await readdir(folder)).filter((name) => name.startsWith('segment-'));
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  return { appends, records, bytesPerRecord: bytes / records };
}

async function appendMany(
  journal: Journal,
  waiting: number,
  records: number,
): Promise<AppendFigures> {
  const latenciesMs: number[] = [];
  let begun = 0;
  async function appendOnAndOn(): Promise<void> {
    while (begun < records) {
      begun += 1;
      const startMs = performance.now();
      await journal.append(sampleRecord(begun));
      latenciesMs.push(performance.now() - startMs);
    }
  }
  const startMs = performance.now();
  await Promise.all(Array.from({ length: waiting }, appendOnAndOn));
  const durationMs = performance.now() - startMs;
  const sorted = latenciesMs.toSorted((a, b) => a - b);
  return {
    waiting,
    recordsPerSecond: (records / durationMs) * 1000,
    p50Ms: percentile(sorted, 50),
    p99Ms: percentile(sorted, 99),
  };
}

async function measureModes(plan: JournalBenchPlan): Promise<readonly ModeFigures[]> {
  const tls = await makeCertificate(plan.workFolder);
  const servers: { readonly mode: JournalMode; readonly server: RunningServer }[] = [];
  try {
    for (const mode of MODES) servers.push({ mode, server: await startMode(mode, plan, tls) });
    for (const { server } of servers) await warmUp(server);
    const figures = new Map<JournalMode, Figures>();
    for (const mode of MODES) figures.set(mode, { paced: [], closed: [] });
    for (let number = 1; number <= plan.rounds; number += 1) {
      for (const { mode, server } of servers) {
        const { paced, closed } = await measureRound(server, plan.roundMs);
        figures.get(mode)?.paced.push(paced);
        figures.get(mode)?.closed.push(closed);
        plan.progress(
          `round ${number}: ${mode}: p50 ${paced.latency.p50Us.toFixed(0)} µs, p99 ${paced.latency.p99Us.toFixed(0)} µs`,
        );
      }
    }
    return MODES.map((mode) => ({ mode, ...(figures.get(mode) ?? { paced: [], closed: [] }) }));
  } finally {
    await Promise.all(servers.map(({ server }) => server.stop()));
  }
}

interface Figures {
  readonly paced: Round[];
  readonly closed: Round[];
}

/** What a server of the bench serves TLS with. */
export async function makeCertificate(workFolder: string): Promise<HoldfastServerOptions['tls']> {
  const { files } = await ensureCertificates({
    folder: join(workFolder, 'certs'),
    dnsNames: ['localhost'],
    ipAddresses: ['127.0.0.1'],
    nowMs: Date.now(),
  });
  return { certificateFile: files.leafCertificate, keyFile: files.leafKey };
}

async function startMode(
  mode: JournalMode,
  { workFolder }: JournalBenchPlan,
  tls: HoldfastServerOptions['tls'],
): Promise<RunningServer> {
  const folder = join(workFolder, `journal-${mode}`);
  await mkdir(folder, { recursive: true });
  return await startHoldfast({
    name: `journal-${mode}`,
    workFolder,
    bundleFolder: await buildRefusingBundle(workFolder),
    tls,
    ...(mode !== 'off' && { audit: { journal: { folder, durability: mode, folding: WHOLE } } }),
  });
}

/** A bundle whose only policy refuses the review. */
export async function buildRefusingBundle(workFolder: string): Promise<string> {
  const folder = join(workFolder, 'policies');
  await mkdir(join(folder, 'sample'), { recursive: true });
  await writeFile(join(folder, 'sample', 'sample.rego'), policyText());
  return await bundleFolder(folder);
}

/** Throws where the server does not refuse. */
export async function warmUp(server: RunningServer): Promise<void> {
  const round = await runLoad(server, {
    bodies: [REFUSED],
    connections: 8,
    durationMs: WARM_UP_MS,
  });
  if (round.failures > 0) {
    throw new Error(`${round.failures} of ${round.requests} were not refused`);
  }
}

/** One round at a fixed pace and one as fast as answers come. */
export async function measureRound(
  server: RunningServer,
  durationMs: number,
): Promise<{ readonly paced: Round; readonly closed: Round }> {
  const bodies = [REFUSED];
  const paced = await leastDisturbed(() => runLoad(server, { ...PACE, bodies, durationMs }));
  const closed = await leastDisturbed(() =>
    runLoad(server, { connections: CLOSED_CONNECTIONS, bodies, durationMs }),
  );
  return { paced, closed };
}

/** Repeats by disturbance alone, never by what was measured. */
async function leastDisturbed(measure: () => Promise<Round>): Promise<Round> {
  let best = await measure();
  for (let attempt = 1; attempt < ATTEMPTS_MAX; attempt += 1) {
    if (best.disturbance <= DISTURBANCE_MAX) break;
    const next = await measure();
    if (next.disturbance < best.disturbance) best = next;
  }
  if (best.failures > 0) throw new Error(`${best.failures} of ${best.requests} answers were wrong`);
  return best;
}
