/**
 * A day of two replicas in minutes: objects are made and kept, people and Argo CD write all the time, and what happens to an installation in
 * a day happens one after the other, again and again. What the processes hold is read on the way.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { StartedCluster } from '../cluster/cluster.ts';
import { trackingAnnotation } from '../cluster/shop.ts';
import { takeLease } from './leader.ts';
import type { PacedLoad } from './paced-load.ts';
import type { Replica, Replicas } from './replicas.ts';
import { loadDuring } from './shop-load.ts';
import type { LoadResult } from './shop-load.ts';

const ROTATION = 'replicas rotated';
const MS_PER_MINUTE = 60_000;
const CONFIG_MAPS = '/api/v1/namespaces/shop/configmaps';
/** Sent at a time: the API server does the rest meanwhile. */
const CREATIONS = 8;
/** The heaps of a process take minutes until they have their size: one that is younger says nothing about growth. */
const ROTATION_MINUTES = 10;
/** Between two events, so that each meets a load that runs. */
const QUIET_MS = 2000;

/** What must level off, by the series whose sum it is. */
export const SOAK_FIGURES: Readonly<Record<string, string>> = {
  'resident memory, bytes': 'process_resident_memory_bytes',
  descriptors: 'process_open_fds',
  handles: 'nodejs_active_handles_total',
  timers: 'nodejs_active_resources{type="Timeout"}',
  'journal, bytes': 'holdfast_journal_bytes',
  'heap in use, bytes': 'nodejs_heap_size_used_bytes',
};

export interface SoakSample {
  /** Since the beginning. */
  readonly minutes: number;
  readonly replica: string;
  /** Since this process has begun: a restart begins anew. */
  readonly processMinutes: number;
  readonly figures: Readonly<Record<string, number>>;
}

export interface SoakPlan {
  readonly minutes: number;
  readonly objects: number;
  readonly sampleMs: number;
  readonly progress: (line: string) => void;
}

export interface SoakResult extends LoadResult {
  readonly samples: readonly SoakSample[];
  readonly events: Readonly<Record<string, number>>;
  /** How often the kernel ended a replica for the memory that it took. */
  readonly memoryKills: number;
}

export interface SoakStage {
  readonly cluster: StartedCluster;
  readonly replicas: Replicas;
}

/** Runs for at least so long, and through each event at least once. */
export async function soak(stage: SoakStage, plan: SoakPlan): Promise<SoakResult> {
  const samples: SoakSample[] = [];
  const events: Record<string, number> = {};
  const startedAtMs = performance.now();
  const began = new Map(stage.replicas.all.map(({ name }) => [name, startedAtMs]));
  const over = new AbortController();
  const result = await loadDuring(stage.cluster, async (load) => {
    const making = makeObjects(stage.cluster, plan, over.signal);
    const sampling = sample(stage.replicas, { plan, samples, startedAtMs, began }, over.signal);
    const endMs = startedAtMs + plan.minutes * MS_PER_MINUTE;
    let rotationAtMs = startedAtMs;
    do {
      for (const [name, event] of Object.entries(eventsOf(stage, load, began))) {
        if (name === ROTATION && performance.now() < rotationAtMs) continue;
        if (name === ROTATION) rotationAtMs += ROTATION_MINUTES * MS_PER_MINUTE;
        plan.progress(name);
        await event();
        events[name] = (events[name] ?? 0) + 1;
        await pause(QUIET_MS);
      }
    } while (performance.now() < endMs);
    over.abort();
    await Promise.all([making, sampling]);
  });
  const memoryKills = stage.replicas.all.reduce((sum, replica) => sum + replica.memoryKills(), 0);
  return { ...result, samples, events, memoryKills };
}

function eventsOf(
  { cluster, replicas }: SoakStage,
  load: PacedLoad,
  began: Map<string, number>,
): Readonly<Record<string, () => Promise<void>>> {
  const each = async (action: (replica: Replica) => Promise<void>): Promise<void> => {
    for (const replica of replicas.all) await action(replica);
  };
  return {
    'configuration reloaded': () =>
      each((replica) => replica.configure((same) => ({ ...same, cluster: { name: 'soaked' } }))),
    'configuration broken and mended': async () => {
      await each((replica) => replica.breakConfiguration());
      await each((replica) =>
        replica.configure((same) => ({ ...same, cluster: { name: 'test' } })),
      );
    },
    'lease lost': () => takeLease(cluster, 'holdfast-alerts'),
    'API server killed and started': () =>
      load.whileApiServerIsAway(() => cluster.restartApiServer()),
    [ROTATION]: () =>
      replicas.roll(undefined, async ({ name }) => {
        began.set(name, performance.now());
        await Promise.resolve();
      }),
  };
}

interface Sampling {
  readonly plan: SoakPlan;
  readonly samples: SoakSample[];
  readonly startedAtMs: number;
  readonly began: ReadonlyMap<string, number>;
}

async function sample(
  replicas: Replicas,
  { plan, samples, startedAtMs, began }: Sampling,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    for (const replica of replicas.all) {
      const nowMs = performance.now();
      const figures = await readFigures(replica);
      // It is stopped just now.
      if (figures === undefined) continue;
      samples.push({
        minutes: (nowMs - startedAtMs) / MS_PER_MINUTE,
        replica: replica.name,
        processMinutes: (nowMs - (began.get(replica.name) ?? startedAtMs)) / MS_PER_MINUTE,
        figures,
      });
    }
    await pause(plan.sampleMs, undefined, { signal }).catch(() => undefined);
  }
}

async function readFigures(replica: Replica): Promise<Record<string, number> | undefined> {
  try {
    const figures: Record<string, number> = {};
    for (const [name, series] of Object.entries(SOAK_FIGURES)) {
      figures[name] = await replica.readMetric(series);
    }
    return figures;
  } catch {
    return undefined;
  }
}

/** Declared objects that stay, spread over the time. */
async function makeObjects(
  { request }: StartedCluster,
  { objects, minutes }: SoakPlan,
  signal: AbortSignal,
): Promise<void> {
  const everyMs = (minutes * MS_PER_MINUTE * CREATIONS) / Math.max(1, objects);
  for (let made = 0; made < objects && !signal.aborted; made += CREATIONS) {
    const dueAtMs = performance.now() + everyMs;
    await Promise.all(
      Array.from({ length: Math.min(CREATIONS, objects - made) }, (_, index) => {
        const name = `kept-${String(made + index)}`;
        const annotations = trackingAnnotation('checkout', `/ConfigMap:shop/${name}`);
        const body = { metadata: { name, annotations }, data: { text: name } };
        // While the API server is away nothing is made: the count is not what is measured.
        return request('argocd', CONFIG_MAPS, { method: 'POST', body }).catch(() => undefined);
      }),
    );
    await pause(Math.max(0, dueAtMs - performance.now()), undefined, { signal }).catch(
      () => undefined,
    );
  }
}
