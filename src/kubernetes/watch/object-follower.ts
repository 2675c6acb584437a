/**
 * Whole objects of a few kinds, kept current by list and watch, for those who compare with them. All of them or none: objects that are
 * missing would look like ones that do not exist.
 */
import { setTimeout } from 'node:timers/promises';
import { addMs, type Clock } from '../../base/clock.ts';
import { Semaphore } from '../../base/semaphore.ts';
import type { ClusterClient } from '../client/cluster-client.ts';
import { formatListPath } from '../client/format-api-path.ts';
import type { KubernetesObject } from '../object.ts';
import type { KubernetesSettings } from '../settings.ts';
import { discoverResources } from './discover-resources.ts';
import { EntryQuota, ObjectTable } from './object-table.ts';
import type { ServedResource } from './parse-discovery.ts';
import { startReflector, type Reflector } from './reflector.ts';

/** A kind in one version. */
export interface FollowedKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

export interface FollowerOptions {
  readonly client: Pick<ClusterClient, 'read' | 'watch'>;
  readonly clock: Clock;
  /** 0 to 1. */
  readonly random: () => number;
  readonly limits: KubernetesSettings['watch'];
  /** Told what cannot be followed, when that changes. */
  readonly onProblem: (kind: string, reason: string) => void;
  /** How often new kinds are looked for. @default 60 s */
  readonly rediscoverMs?: number | undefined;
  /** For tests: a shorter wait. @default the wait itself */
  readonly scaleWait?: ((waitMs: number) => number) | undefined;
}

export type FollowedObjects =
  | { readonly status: 'known'; readonly objects: ObjectTable<KubernetesObject> | undefined }
  | { readonly status: 'unavailable'; readonly reason: string };

interface Followed {
  readonly objects: ObjectTable<KubernetesObject>;
  readonly reflector: Reflector;
}

const LISTS_AT_ONCE = 2;
/** Whole objects: one may be a megabyte. */
const PAGE_OBJECTS_MAX = 50;
const DISCOVERY_TIMEOUT_MS = 15_000;
const REDISCOVER_MS = 60_000;
const DISCOVERY_RETRY_MS = 2000;
const MS_PER_SECOND = 1000;

/** Follows kinds from the moment that they are asked for, until it is closed. */
export class ObjectFollower {
  readonly #options: FollowerOptions;
  readonly #closing = new AbortController();
  // More than the number of kinds, which may all wait at once.
  readonly #semaphore = new Semaphore({ runningMax: LISTS_AT_ONCE, waitingMax: 10_000 });
  readonly #quota: EntryQuota;
  readonly #wanted = new Map<string, FollowedKind>();
  readonly #followed = new Map<string, Followed>();
  #served: ReadonlyMap<string, ServedResource> | undefined;
  #changes = 0;
  #run: Promise<void> | undefined;

  constructor(options: FollowerOptions) {
    this.#options = options;
    this.#quota = new EntryQuota(options.limits.entriesMax);
  }

  /** Counts every change of an object: equal numbers are the same objects. */
  get changes(): number {
    return this.#changes;
  }

  /** Begins to follow these kinds too. */
  follow(kinds: readonly FollowedKind[]): void {
    for (const kind of kinds) this.#wanted.set(keyOf(kind), kind);
    if (this.#wanted.size === 0) return;
    if (this.#run === undefined) this.#run = this.#discoverForEver();
    else this.#reconcile();
  }

  /** The objects of a kind; `undefined` where the API server does not serve it. */
  read(kind: FollowedKind): FollowedObjects {
    const name = nameOf(kind);
    if (this.#served === undefined) {
      return { status: 'unavailable', reason: 'the API server has not said what it serves' };
    }
    const followed = this.#followed.get(keyOf(kind));
    if (followed === undefined) {
      return this.#wanted.has(keyOf(kind))
        ? { status: 'known', objects: undefined }
        : { status: 'unavailable', reason: `${name} is not followed` };
    }
    const { objects, reflector } = followed;
    const state = reflector.state();
    if (state === 'absent') return { status: 'known', objects: undefined };
    if (state !== 'synced') {
      const remedy = state === 'forbidden' ? ': grant list and watch on it' : '';
      return { status: 'unavailable', reason: `${name} is ${state}${remedy}` };
    }
    const silentMs = this.#options.clock.monotonicMs() - reflector.heardAtMs();
    return silentMs <= this.#options.limits.silenceMs
      ? { status: 'known', objects }
      : {
          status: 'unavailable',
          reason: `nothing was heard of ${name} for ${Math.round(silentMs / MS_PER_SECOND)} s`,
        };
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#run;
    await Promise.all([...this.#followed.values()].map(({ reflector }) => reflector.close()));
  }

  /** CustomResourceDefinitions add kinds. */
  async #discoverForEver(): Promise<void> {
    const { client, clock, onProblem, scaleWait = (waitMs) => waitMs } = this.#options;
    const { rediscoverMs = REDISCOVER_MS } = this.#options;
    const { signal } = this.#closing;
    while (!signal.aborted) {
      const deadlineAtMs = addMs(clock.monotonicMs(), DISCOVERY_TIMEOUT_MS);
      const discovered = await discoverResources(client, deadlineAtMs);
      if (discovered.status === 'discovered') {
        this.#served = discovered.served;
        this.#reconcile();
      } else if (!signal.aborted) onProblem('', discovered.reason);
      const waitMs = discovered.status === 'discovered' ? rediscoverMs : DISCOVERY_RETRY_MS;
      await setTimeout(scaleWait(waitMs), undefined, { signal }).catch(() => undefined);
    }
  }

  #reconcile(): void {
    const served = [...(this.#served?.values() ?? [])];
    for (const [key, kind] of this.#wanted) {
      if (this.#followed.has(key) || this.#closing.signal.aborted) continue;
      const found = served.find((one) => one.group === kind.group && one.kind === kind.kind);
      const path = found && formatListPath({ ...kind, resource: found.resource }, undefined);
      if (path !== undefined) this.#followed.set(key, this.#start(kind, path));
    }
  }

  #start(kind: FollowedKind, path: string): Followed {
    const { client, clock, random, limits, onProblem, scaleWait } = this.#options;
    const objects = new ObjectTable<KubernetesObject>({
      quota: this.#quota,
      // Objects of a list do not say what they are.
      reduce: (object) => ({
        ...withoutManagers(object),
        apiVersion: versionOf(kind),
        kind: kind.kind,
      }),
      onAdded: () => {
        this.#changes += 1;
      },
      onRemoved: () => {
        this.#changes += 1;
      },
    });
    const reflector = startReflector({
      client,
      path,
      metadataOnly: false,
      store: objects,
      clock,
      random,
      scaleWait,
      semaphore: this.#semaphore,
      silenceMsMax: limits.silenceMs,
      resyncMs: limits.resyncMs,
      pageObjectsMax: PAGE_OBJECTS_MAX,
      objectsMax: limits.entriesMax,
      onEnd: ({ reason }, _step, detail) => {
        if (reason === 'forbidden' || reason === 'overflowed') onProblem(nameOf(kind), detail);
      },
    });
    return { objects, reflector };
  }
}

/** Half of an object's bytes, and nobody compares with them. */
function withoutManagers(object: KubernetesObject): KubernetesObject {
  const { managedFields: _managers, ...metadata } = object.metadata ?? {};
  return { ...object, metadata };
}

function versionOf({ group, version }: FollowedKind): string {
  return group === '' ? version : `${group}/${version}`;
}

function keyOf(kind: FollowedKind): string {
  return `${versionOf(kind)}/${kind.kind}`;
}

function nameOf(kind: FollowedKind): string {
  return `${kind.kind} of ${versionOf(kind)}`;
}
