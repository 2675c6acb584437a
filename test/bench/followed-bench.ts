/**
 * What memory grows by with followed objects: a real API server with none, ten and twenty thousand of them, a serving process as it is
 * shipped, and the cache alone in a process of its own.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { bundleFolder } from '../support/policy-bundles.ts';
import { startCluster, type Cluster } from '../support/cluster/cluster.ts';
import { installGitopsKinds } from '../support/cluster/gitops-kinds.ts';
import { waitFor } from '../support/cluster/wait-for.ts';
import { buildShipped } from './build-shipped.ts';
import { followReportSchema, type FollowOrder, type FollowReport } from './followed-order.ts';
import {
  FOLLOWED_KINDS,
  prepareFollowed,
  writeFollowed,
  type FollowedKind,
} from './followed-objects.ts';
import { BUILT_ENTRY, startHoldfast } from './holdfast-server.ts';
import { makeCertificate } from './journal-bench.ts';
import { MachineWatch, type WatchedMachine } from './machine.ts';
import { readMemory } from './process-usage.ts';
import { runProcess } from './run-process.ts';
import { findFreePort } from './server-process.ts';
import { join } from 'node:path';

const FOLLOW = join(import.meta.dirname, 'followed-process.ts');
const STEP_OBJECTS = 10_000;
const STEPS = 2;
const SETTLE_MS = 1_000;
/** Memory is at rest when it changes by less from one second to the next. */
const SETTLED_KIB = 512;

export interface FollowedPlan {
  readonly workFolder: string;
  readonly progress: (line: string) => void;
}

/** A cluster with so many objects. */
export interface FollowedStep {
  readonly cache: FollowReport;
  readonly serving: Serving;
}

/** The serving process. */
interface Serving {
  /** At rest, after its lists. */
  readonly rssKib: number;
  /** From its start until it is ready, which does not wait for lists. */
  readonly startUpMs: number;
}

export interface FollowedResults {
  readonly date: string;
  readonly machine: WatchedMachine;
  readonly steps: readonly FollowedStep[];
  /** The cache with one kind alone, and the same before there were any. */
  readonly kinds: readonly {
    readonly title: string;
    readonly before: FollowReport;
    readonly after: FollowReport;
  }[];
}

/** Starts the cluster, fills it step by step, and stops it. */
export async function measureFollowed(plan: FollowedPlan): Promise<FollowedResults> {
  buildShipped(plan);
  const watch = await MachineWatch.start();
  const tls = await makeCertificate(plan.workFolder);
  const bench = { ...plan, tls, bundleFolder: await bundleFolder() };
  const cluster = await startCluster();
  try {
    await installGitopsKinds(cluster);
    const owners = await prepareFollowed(cluster);
    const steps = [await measureStep(cluster, bench)];
    const before = await measureKinds(cluster);
    for (let step = 1; step <= STEPS; step += 1) {
      const from = (step - 1) * STEP_OBJECTS;
      plan.progress(`writing objects ${from} to ${step * STEP_OBJECTS}`);
      await writeFollowed(cluster, { owners, from, to: step * STEP_OBJECTS });
      steps.push(await measureStep(cluster, bench, steps[0]));
    }
    const after = await measureKinds(cluster);
    await cluster.stop();
    return {
      date: new Date().toISOString().slice(0, 10),
      machine: await watch.stop(),
      steps,
      kinds: pairKinds(before, after),
    };
  } finally {
    await cluster.stop();
  }
}

type Bench = FollowedPlan & {
  readonly tls: { readonly certificateFile: string; readonly keyFile: string };
  readonly bundleFolder: string;
};

async function measureStep(
  cluster: Cluster,
  bench: Bench,
  first?: FollowedStep,
): Promise<FollowedStep> {
  const cache = await follow(cluster, { objectsMin: first?.cache.objects ?? 0 });
  const serving = await measureServing(cluster, bench, cache.objects);
  bench.progress(
    `${cache.objects} objects: cache ${cache.memory.heap.toFixed(1)} MiB of heap, serving process ${(serving.rssKib / 1024).toFixed(0)} MiB`,
  );
  return { cache, serving };
}

async function measureKinds(cluster: Cluster): Promise<ReadonlyMap<FollowedKind, FollowReport>> {
  const reports = new Map<FollowedKind, FollowReport>();
  for (const kind of FOLLOWED_KINDS) {
    reports.set(kind, await follow(cluster, { objectsMin: 0, resources: [kind.resource] }));
  }
  return reports;
}

function pairKinds(
  before: ReadonlyMap<FollowedKind, FollowReport>,
  after: ReadonlyMap<FollowedKind, FollowReport>,
): FollowedResults['kinds'] {
  return [...after].flatMap(([kind, report]) => {
    const empty = before.get(kind);
    return empty === undefined ? [] : [{ title: kind.title, before: empty, after: report }];
  });
}

async function follow(
  cluster: Cluster,
  order: Omit<FollowOrder, 'kubeconfigFile'>,
): Promise<FollowReport> {
  const kubeconfigFile = cluster.kubeconfigOf('root');
  return followReportSchema.parse(await runProcess(FOLLOW, { ...order, kubeconfigFile }));
}

/** From its start, as after a roll-out, until its lists are read and its memory is at rest. */
async function measureServing(
  cluster: Cluster,
  { workFolder, tls, bundleFolder: folder }: Bench,
  objects: number,
): Promise<Serving> {
  const metricsPort = await findFreePort();
  const server = await startHoldfast({
    name: 'followed',
    entry: BUILT_ENTRY,
    workFolder,
    bundleFolder: folder,
    tls,
    metricsPort,
    kubeconfigFile: cluster.kubeconfigOf('root'),
  });
  try {
    await waitFor('Holdfast follows every object', async () => {
      const exposed = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
      return countFollowed(exposed) >= objects;
    });
    return { rssKib: await readRestingKib(server.pid), startUpMs: server.startUpMs };
  } finally {
    await server.stop();
  }
}

function countFollowed(exposed: string): number {
  return exposed
    .split('\n')
    .filter((line) => line.startsWith('holdfast_watch_objects{'))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}

async function readRestingKib(pid: number): Promise<number> {
  let before = 0;
  return waitFor('the memory of Holdfast is at rest', async () => {
    await pause(SETTLE_MS);
    const { rssKib } = await readMemory(pid);
    const isResting = Math.abs(rssKib - before) < SETTLED_KIB;
    before = rssKib;
    return isResting ? rssKib : undefined;
  });
}
