/**
 * A cache of the metadata of the configured resources, kept current by list and watch.
 *
 * It starts without the cluster and survives outages: for a resource that is not synced or is stale, the cache gives no
 * answer, and the caller reads from the API server.
 */
import { setTimeout } from 'node:timers/promises';
import { type Clock, addMs } from '../../base/clock.ts';
import { Semaphore } from '../../base/semaphore.ts';
import type { ClusterClient } from '../client/cluster-client.ts';
import { formatListPath } from '../client/format-api-path.ts';
import type { ArgocdSettings } from '../lookup/parse-argocd-settings.ts';
import { SELECTING_KINDS } from '../lookup/find-selecting.ts';
import { CLAIMING_KINDS, parseClaims } from '../lookup/parse-claims.ts';
import { HPA_KIND, parseScaler, SCALED_OBJECT_KIND } from '../lookup/parse-scaler.ts';
import { formatResource } from '../object-reference.ts';
import type { ObjectReference } from '../object-reference.ts';
import type { KubernetesSettings } from '../settings.ts';
import { AbsenceClock } from './absence-clock.ts';
import { ClaimIndex } from './claim-index.ts';
import type { ReflectorEnd } from './decide-next-step.ts';
import { EntryQuota, ObjectTable, storeInBoth } from './object-table.ts';
import { discoverResources } from './discover-resources.ts';
import type { ServedResource } from './parse-discovery.ts';
import { keepSelector, MetadataReducer } from './reduce-metadata.ts';
import type { CachedObject, KeyTest } from './reduce-metadata.ts';
import { startReflector } from './reflector.ts';
import type { Reflector } from './reflector.ts';
import { createSettingsStore } from './settings-store.ts';

export interface WatchCacheOptions {
  readonly client: ClusterClient;
  readonly clock: Clock;
  readonly random: () => number;
  readonly limits: KubernetesSettings['watch'];
  readonly keeps: KeyTest;
  /** Where argocd-cm lies. Absent: not in this cluster. */
  readonly argocdNamespace?: string | undefined;
  readonly observer: WatchObserver;
  /** For tests: a shorter wait. @default the wait itself */
  readonly scaleWait?: ((waitMs: number) => number) | undefined;
}

/** Receives events for logs and metrics. */
export interface WatchObserver {
  readonly ended: (resource: string, end: ReflectorEnd['reason'], detail: string) => void;
  readonly discoveryFailed: (reason: string) => void;
  readonly leftOut: (resources: readonly string[]) => void;
  readonly settings: (settings: ArgocdSettings) => void;
}

/** One watched resource, as seen by a look-up. */
export interface WatchedResource {
  readonly served: ServedResource;
  readonly objects: ObjectTable<CachedObject>;
  readonly claims: ClaimIndex;
  /** Since when objects have been absent. */
  readonly absence: AbsenceClock;
  readonly reflector: Reflector;
}

export interface WatchCache {
  readonly find: (
    reference: Pick<ObjectReference, 'group' | 'resource'>,
  ) => WatchedResource | undefined;
  readonly watched: () => readonly WatchedResource[];
  /** Whether the server reported that the resource does not exist. */
  readonly isAbsent: (reference: Pick<ObjectReference, 'group' | 'resource'>) => boolean;
  /** Lists everything again, after a change of what is kept of an object. */
  readonly relist: () => Promise<void>;
  readonly close: () => Promise<void>;
}

const LISTS_AT_ONCE = 2;
/** The page size of kubectl and client-go: a few megabytes at most, even for metadata with many managers. */
const PAGE_OBJECTS_MAX = 500;
/** Whole objects: an Application may be a megabyte. */
const WHOLE_PAGE_OBJECTS_MAX = 50;
const REDISCOVER_MS = 60_000;
const DISCOVERY_RETRY_MS = 2000;
const DISCOVERY_TIMEOUT_MS = 15_000;

/** Starts the watches, and returns at once. */
export function startWatchCache(options: WatchCacheOptions): WatchCache {
  return new Cache(options).start();
}

class Cache {
  readonly #options: WatchCacheOptions;
  readonly #closing = new AbortController();
  readonly #watched = new Map<string, WatchedResource>();
  // More than the number of watched resources, which may all wait at once.
  readonly #semaphore = new Semaphore({ runningMax: LISTS_AT_ONCE, waitingMax: 10_000 });
  readonly #quota: EntryQuota;
  readonly #keeper: MetadataReducer;
  #served: ReadonlyMap<string, ServedResource> = new Map();
  #leftOut = '';

  constructor(options: WatchCacheOptions) {
    this.#options = options;
    this.#quota = new EntryQuota(options.limits.entriesMax);
    this.#keeper = new MetadataReducer(options.keeps);
  }

  start(): WatchCache {
    const over = this.#run();
    const settings = this.#followSettings();
    return {
      find: (reference) => this.#watched.get(formatResource(reference)),
      watched: () => [...this.#watched.values()],
      isAbsent: (reference) =>
        this.#served.size > 0 && !this.#served.has(formatResource(reference)),
      relist: async () => {
        await Promise.all([...this.#watched.keys()].map((name) => this.#letGo(name)));
        await this.#reconcile();
      },
      close: async () => {
        this.#closing.abort();
        await over;
        const reflectors = [...this.#watched.values()].map(({ reflector }) => reflector);
        await Promise.all([...settings, ...reflectors].map((reflector) => reflector.close()));
      },
    };
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    const { scaleWait = (waitMs) => waitMs } = this.#options;
    while (!signal.aborted) {
      const discovered = await this.#discover();
      if (discovered) await this.#reconcile();
      const waitMs = discovered ? REDISCOVER_MS : DISCOVERY_RETRY_MS;
      await setTimeout(scaleWait(waitMs), undefined, { signal }).catch(() => undefined);
    }
  }

  /** CustomResourceDefinitions add and remove kinds. */
  async #discover(): Promise<boolean> {
    const { client, clock, observer } = this.#options;
    const deadlineAtMs = addMs(clock.monotonicMs(), DISCOVERY_TIMEOUT_MS);
    const discovered = await discoverResources(client, deadlineAtMs);
    if (discovered.status === 'unavailable') {
      if (!this.#closing.signal.aborted) observer.discoveryFailed(discovered.reason);
      return false;
    }
    this.#served = discovered.served;
    return true;
  }

  async #reconcile(): Promise<void> {
    const wanted = this.#wanted();
    for (const [name, { served }] of this.#watched) {
      // The preferred version has changed: the old path can return 404 at any time.
      if (wanted.get(name)?.version !== served.version) await this.#letGo(name);
    }
    for (const [name, served] of wanted) {
      if (!this.#watched.has(name) && !this.#closing.signal.aborted) this.#follow(name, served);
    }
  }

  async #letGo(name: string): Promise<void> {
    const watched = this.#watched.get(name);
    this.#watched.delete(name);
    await watched?.reflector.close();
    // The resource that replaces it needs its quota.
    watched?.objects.clear();
  }

  /** The configured resources that the server offers, then those that GitOps objects list as applied. */
  #wanted(): ReadonlyMap<string, ServedResource> {
    const { resources, resourcesMax } = this.#options.limits;
    const byKind = new Map(
      [...this.#served].map(([name, { group, kind }]) => [`${group}/${kind}`, name]),
    );
    const claimed = [...this.#claimedKinds()].flatMap((kind) => byKind.get(kind) ?? []);
    const names = [...new Set([...resources, ...claimed])].filter(
      // Secrets are never read, even if a GitOps object claims them.
      (name) => this.#served.has(name) && (name !== 'secrets' || resources.includes(name)),
    );
    this.#tellLeftOut(names.slice(resourcesMax));
    return new Map(
      names.slice(0, resourcesMax).flatMap((name) => {
        const served = this.#served.get(name);
        return served === undefined ? [] : [[name, served]];
      }),
    );
  }

  #claimedKinds(): ReadonlySet<string> {
    const kinds = new Set<string>();
    for (const { objects } of this.#watched.values()) {
      for (const { claimed = [] } of objects.all()) {
        for (const { group, kind } of claimed) kinds.add(`${group}/${kind}`);
      }
    }
    return kinds;
  }

  #tellLeftOut(names: readonly string[]): void {
    const told = names.join(' ');
    if (told !== '' && told !== this.#leftOut) this.#options.observer.leftOut(names);
    this.#leftOut = told;
  }

  #follow(name: string, served: ServedResource): void {
    const { reduce, whole } = this.#reducerOf(served);
    const claims = new ClaimIndex();
    const objects = new ObjectTable<CachedObject>({
      quota: this.#quota,
      reduce,
      weigh: ({ claimed = [] }) => 1 + claimed.length,
      onAdded: claims.add,
      onRemoved: claims.remove,
    });
    const { clock, limits } = this.#options;
    const absence: AbsenceClock = new AbsenceClock({
      clock,
      silenceMs: limits.silenceMs,
      heardAtMs: () => reflector.heardAtMs(),
    });
    const isClaiming = CLAIMING_KINDS.some((kind) => formatResource(kind) === name);
    const reflector: Reflector = this.#reflect(name, {
      path: formatListPath(served, undefined) ?? '',
      metadataOnly: !whole,
      store: isClaiming ? storeInBoth(absence, objects) : objects,
    });
    this.#watched.set(name, { served, objects, claims, absence, reflector });
  }

  #reducerOf({ group, resource }: ServedResource) {
    const isOf = (kind: { readonly group: string; readonly resource: string }): boolean =>
      kind.group === group && kind.resource === resource;
    const keep: MetadataReducer['keep'] = (object) => this.#keeper.keep(object);
    const claiming = CLAIMING_KINDS.find(isOf);
    const tool = isOf(HPA_KIND) ? 'hpa' : isOf(SCALED_OBJECT_KIND) ? 'keda' : undefined;
    const isSelecting = SELECTING_KINDS.some(isOf);
    const reduce: MetadataReducer['keep'] = (object) => {
      const kept = keep(object);
      if (kept === undefined) return undefined;
      if (tool !== undefined) return { ...kept, scaler: parseScaler(tool, object) };
      if (isSelecting) return { ...kept, selector: keepSelector(object) };
      return claiming === undefined
        ? kept
        : { ...kept, claimed: parseClaims(claiming.kind, object) };
    };
    return { reduce, whole: tool !== undefined || claiming !== undefined || isSelecting };
  }

  #followSettings(): readonly Reflector[] {
    const { argocdNamespace, observer } = this.#options;
    if (argocdNamespace === undefined) return [];
    const configMaps = { group: '', version: 'v1', resource: 'configmaps', kind: 'ConfigMap' };
    const settings = this.#reflect('argocd-cm', {
      path: formatListPath(configMaps, argocdNamespace) ?? '',
      selector: 'fieldSelector=metadata.name%3Dargocd-cm',
      metadataOnly: false,
      store: createSettingsStore(observer.settings),
    });
    return [settings];
  }

  #reflect(
    name: string,
    what: Pick<
      Parameters<typeof startReflector>[0],
      'path' | 'selector' | 'metadataOnly' | 'store'
    >,
  ): Reflector {
    const { client, clock, random, limits, observer, scaleWait } = this.#options;
    return startReflector({
      ...what,
      client,
      clock,
      random,
      scaleWait,
      semaphore: this.#semaphore,
      silenceMsMax: limits.silenceMs,
      resyncMs: limits.resyncMs,
      pageObjectsMax: what.metadataOnly ? PAGE_OBJECTS_MAX : WHOLE_PAGE_OBJECTS_MAX,
      objectsMax: limits.entriesMax,
      onEnd: ({ reason }, _step, detail) => {
        observer.ended(name, reason, detail);
      },
    });
  }
}
