/** Looks objects up in the API server: concurrency is limited, equal requests share one call, and answers are cached briefly. */
import { type Clock, type MonotonicMs, monotonicMs } from '../../base/clock.ts';
import { ExpiringCache } from '../../base/expiring-cache.ts';
import { Semaphore } from '../../base/semaphore.ts';
import { applicationReference } from '../object-reference.ts';
import type { ObjectReference } from '../object-reference.ts';
import type { ApiReading, ClusterClient, ReadOptions } from '../client/cluster-client.ts';
import { findClaimed } from './find-claimed.ts';
import { findClaims } from './find-claims.ts';
import { findManaged } from './find-managed.ts';
import { findScalers } from './find-scalers.ts';
import { findSelecting } from './find-selecting.ts';
import { formatObjectPath } from '../client/format-api-path.ts';
import type { ResourceKind } from '../client/format-api-path.ts';
import type { ClusterLookup, LookupUnavailable, ManagedTest, ObjectLookup } from './lookup.ts';
import type { KubernetesSettings } from '../settings.ts';
import { parseObject } from './parse-object.ts';

export interface LiveLookupOptions extends Pick<
  KubernetesSettings,
  'lookupTimeoutMs' | 'lookupCacheMs' | 'lookupCacheEntriesMax' | 'concurrentLookupsMax'
> {
  readonly client: ClusterClient;
  readonly clock: Clock;
  /** The kinds that are searched for managed objects. */
  readonly searchedKinds: readonly ResourceKind[];
  readonly isManaged: ManagedTest;
  /** Called for every look-up that was sent to the API server, for metrics. */
  readonly onLookup?: ((status: ApiReading['status'], durationMs: number) => void) | undefined;
}

/** Waiters per concurrent request: a longer queue would wait longer than any deadline. */
const WAITING_PER_PLACE = 16;

/** Builds the look-ups over a client. */
export function createLiveLookup(options: LiveLookupOptions): ClusterLookup {
  const reader = new Reader(options);
  const lookupFresh = (reference: ObjectReference, deadlineAtMs: MonotonicMs) =>
    reader.lookupFresh(reference, deadlineAtMs);
  const lookupObject = (reference: ObjectReference, deadlineAtMs: MonotonicMs) =>
    reader.lookupObject(reference, deadlineAtMs);
  return {
    lookupObject,
    lookupMetadata: lookupObject,
    lookupFresh,
    findManagedInNamespace: (namespace, deadlineAtMs, leftBehind = () => undefined) =>
      findManaged(namespace, {
        kinds: options.searchedKinds,
        isManaged: options.isManaged,
        leftBehind,
        read: (path, accept) => reader.read(path, { deadlineAtMs, accept }),
      }),
    findClaimed: (scope, deadlineAtMs) =>
      findClaimed(scope, {
        searchedKinds: options.searchedKinds,
        read: (path, accept) => reader.read(path, { deadlineAtMs, accept }),
      }),
    leftBehind: () => undefined,
    findApplication: (namespace, name, deadlineAtMs) =>
      lookupFresh(applicationReference(namespace, name), deadlineAtMs),
    findScalers: (reference, deadlineAtMs) =>
      findScalers(reference, {
        isManaged: options.isManaged,
        read: (path, accept) => reader.read(path, { deadlineAtMs, accept }),
      }),
    findClaims: (reference, deadlineAtMs) =>
      findClaims(reference, {
        read: (path, accept) => reader.read(path, { deadlineAtMs, accept }),
      }),
    findSelecting: (namespace, labels, deadlineAtMs) =>
      findSelecting(namespace, labels, {
        read: (path, accept) => reader.read(path, { deadlineAtMs, accept }),
      }),
    argocdSettings: () => undefined,
    problem: () => undefined,
    close: () => {
      options.client.close();
    },
  };
}

class Reader {
  readonly #options: LiveLookupOptions;
  readonly #semaphore: Semaphore;
  readonly #cache: ExpiringCache<ObjectLookup>;
  readonly #underWay = new Map<string, Promise<ObjectLookup>>();

  constructor(options: LiveLookupOptions) {
    this.#options = options;
    const runningMax = options.concurrentLookupsMax;
    this.#semaphore = new Semaphore({ runningMax, waitingMax: runningMax * WAITING_PER_PLACE });
    this.#cache = new ExpiringCache({
      lifeMs: options.lookupCacheMs,
      entriesMax: options.lookupCacheEntriesMax,
    });
  }

  async lookupObject(reference: ObjectReference, deadlineAtMs: MonotonicMs): Promise<ObjectLookup> {
    const path = formatObjectPath(reference);
    if (path === undefined) return unnameable(reference);
    const cached = this.#cache.get(path, this.#options.clock.monotonicMs());
    if (cached !== undefined) return cached;
    const shared = this.#underWay.get(path) ?? this.#start(path);
    return await this.#waitFor(shared, { path, deadlineAtMs });
  }

  async lookupFresh(reference: ObjectReference, deadlineAtMs: MonotonicMs): Promise<ObjectLookup> {
    const path = formatObjectPath(reference);
    if (path === undefined) return unnameable(reference);
    return interpret(path, await this.read(path, { deadlineAtMs }));
  }

  /** One read, after the semaphore is acquired. */
  async read(path: string, { deadlineAtMs, accept }: ReadOptions): Promise<ApiReading> {
    const { client, clock, lookupTimeoutMs, onLookup } = this.#options;
    const startedAtMs = clock.monotonicMs();
    const endAtMs = monotonicMs(Math.min(deadlineAtMs, startedAtMs + lookupTimeoutMs));
    const acquisition = await this.#semaphore.acquire(endAtMs - startedAtMs);
    if (acquisition === 'full') return overloaded(path);
    if (acquisition === 'timed-out') return timedOut(path);
    try {
      const reading = await client.read(path, { deadlineAtMs: endAtMs, accept });
      onLookup?.(reading.status, clock.monotonicMs() - startedAtMs);
      return reading;
    } finally {
      this.#semaphore.release();
    }
  }

  // Concurrent callers share the read, so it gets the full time-out and not only the first caller's deadline.
  #start(path: string): Promise<ObjectLookup> {
    const started = this.#readShared(path).finally(() => {
      this.#underWay.delete(path);
    });
    this.#underWay.set(path, started);
    return started;
  }

  async #readShared(path: string): Promise<ObjectLookup> {
    const answer = interpret(path, await this.read(path, { deadlineAtMs: monotonicMs(Infinity) }));
    // Absence is not cached: the object may have been created since.
    if (answer.status === 'found') this.#cache.set(path, answer, this.#options.clock.monotonicMs());
    return answer;
  }

  async #waitFor(
    shared: Promise<ObjectLookup>,
    { path, deadlineAtMs }: { readonly path: string; readonly deadlineAtMs: MonotonicMs },
  ): Promise<ObjectLookup> {
    const waitMs = deadlineAtMs - this.#options.clock.monotonicMs();
    if (waitMs <= 0) return timedOut(path);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<ObjectLookup>((resolve) => {
      timer = setTimeout(() => {
        resolve(timedOut(path));
      }, waitMs);
    });
    const answer = await Promise.race([shared, late]);
    clearTimeout(timer);
    return answer;
  }
}

function interpret(path: string, reading: ApiReading): ObjectLookup {
  if (reading.status !== 'read') return reading;
  const object = parseObject(reading.body);
  if (object !== undefined) return { status: 'found', object };
  const reason = `The answer to GET ${path} is no Kubernetes object`;
  return { status: 'unavailable', code: 'lookup_failed', reason };
}

function unnameable({ resource, namespace = '', name }: ObjectReference): LookupUnavailable {
  const reason = `There is no path to ${resource} "${namespace}/${name}"`;
  return { status: 'unavailable', code: 'lookup_failed', reason };
}

function timedOut(path: string): LookupUnavailable {
  const reason = `GET ${path} had no answer before its deadline`;
  return { status: 'unavailable', code: 'lookup_timed_out', reason };
}

function overloaded(path: string): LookupUnavailable {
  const reason = `GET ${path} was not sent: too many look-ups wait already`;
  return { status: 'unavailable', code: 'lookup_overloaded', reason };
}
