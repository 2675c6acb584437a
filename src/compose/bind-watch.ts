/** Adds the watch cache in front of the live look-ups, and reports its state. */
import { applicationReference, formatResource } from '../kubernetes/object-reference.ts';
import type { Clock } from '../base/clock.ts';
import { systemRandom } from '../base/system-random.ts';
import type { ClusterClient } from '../kubernetes/client/cluster-client.ts';
import type { ClusterLookup, ManagedTest } from '../kubernetes/lookup/lookup.ts';
import type { ArgocdSettings } from '../kubernetes/lookup/parse-argocd-settings.ts';
import type { RemoteApplications } from '../kubernetes/lookup/remote-applications.ts';
import { startWatchCache } from '../kubernetes/watch/watch-cache.ts';
import type { WatchCache, WatchObserver } from '../kubernetes/watch/watch-cache.ts';
import { createWatchedLookup } from '../kubernetes/watch/watched-lookup.ts';
import type { Configuration } from '../config/schema.ts';
import type { OwnershipSettings } from '../ownership/settings.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { markKeys } from './argocd-marks.ts';

export interface WatchDependencies {
  readonly client: ClusterClient;
  readonly live: ClusterLookup;
  readonly isManaged: ManagedTest;
  /** The current settings: a reload may change them. */
  readonly ownership: () => OwnershipSettings;
  /** What argocd-cm said last. */
  readonly argocdSettings: () => ArgocdSettings | undefined;
  /** Called with what argocd-cm says in this cluster, after each change. */
  readonly onSettings: (settings: ArgocdSettings) => void;
  /** Absent: the Applications, and argocd-cm, are in this cluster. */
  readonly applications?: RemoteApplications | undefined;
  /** Whether a writer of Argo CD is configured: its Applications must be somewhere. */
  readonly expectsApplications: boolean;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

const MS_PER_SECOND = 1000;

/** Starts to watch the configured resources; answers from the cache once they are synced. */
export function bindWatchedLookup(
  { watch, lookupCacheMs }: Configuration['kubernetes'],
  parts: WatchDependencies,
): ClusterLookup {
  const { client, live, isManaged, ownership, argocdSettings, applications } = parts;
  const { clock, metrics, logger } = parts;
  let read = { ownership: ownership(), live: argocdSettings() };
  let keys = markKeys(read.ownership, read.live);
  const cache = startWatchCache({
    client,
    clock,
    random: systemRandom,
    limits: watch,
    keeps: (key) => keys.has(key),
    // Whoever may write an argocd-cm here must not choose what counts as a mark.
    argocdNamespace: applications === undefined ? ownership().argocd.namespace : undefined,
    observer: observe({ logger, metrics }, (told) => {
      parts.onSettings(told);
      logger.info('Marks of Argo CD are read by these settings', { ...told });
    }),
  });
  const missing = (): string | undefined =>
    parts.expectsApplications && applications === undefined && cache.isAbsent(APPLICATIONS)
      ? NO_APPLICATIONS
      : undefined;
  const tellMissing = tellOnce(missing, logger);
  /** New marks were not cached so far: an object with one would seem unmanaged. */
  const beforeAnswer = (): void => {
    tellMissing();
    if (read.ownership === ownership() && read.live === argocdSettings()) return;
    read = { ownership: ownership(), live: argocdSettings() };
    const kept = keys;
    keys = markKeys(read.ownership, read.live);
    if (![...keys].every((key) => kept.has(key))) void cache.relist();
  };
  metrics.beforeExposition(() => {
    publish(cache, { clock, metrics });
  });
  const lookup = createWatchedLookup({
    live,
    cache,
    clock,
    isManaged,
    silenceMs: watch.silenceMs,
    lookupCacheMs,
    argocdSettings,
    applications,
    beforeAnswer,
    onAnswered: () => {
      metrics.increment('holdfast_lookups_total', { outcome: 'cached' });
    },
  });
  return { ...lookup, problem: () => missing() ?? lookup.problem() };
}

const APPLICATIONS = applicationReference('', '');
const NO_APPLICATIONS =
  'a writer of Argo CD is configured, and this cluster serves no Applications, so that it is refused: set kubernetes.hub (docs/hub.md)';

function tellOnce(problem: () => string | undefined, logger: Logger): () => void {
  let told: string | undefined;
  return () => {
    const found = problem();
    const isNew = found !== undefined && found !== told;
    if (isNew) logger.warn('Look-ups are incomplete', { reason: found });
    told = found;
  };
}

/** Logged once per change: a missing kind or permission usually stays missing for long. */
function observe(
  { logger, metrics }: { readonly logger: Logger; readonly metrics: Metrics },
  onSettings: WatchObserver['settings'],
): WatchObserver {
  const told = new Map<string, string>();
  let discoveryFailed = '';
  return {
    ended: (resource, reason, detail) => {
      metrics.increment('holdfast_watch_restarts_total', { reason });
      if (reason === 'listed') metrics.increment('holdfast_watch_lists_total', { resource });
      const message = MESSAGES[reason];
      if (message === undefined) {
        if (reason === 'listed') told.delete(resource);
        return;
      }
      if (told.get(resource) === reason) return;
      told.set(resource, reason);
      logger.warn(message, { resource, reason: detail });
    },
    discoveryFailed: (reason) => {
      metrics.increment('holdfast_watch_discovery_failures_total');
      if (reason === discoveryFailed) return;
      discoveryFailed = reason;
      logger.warn(
        'The API server does not say what it serves: every look-up is live until it does',
        {
          reason,
        },
      );
    },
    leftOut: (resources) => {
      logger.warn('More resources are to be followed than kubernetes.watch.resourcesMax', {
        resources: resources.slice(0, 20),
      });
    },
    settings: onSettings,
  };
}

const MESSAGES: Readonly<Record<string, string>> = {
  forbidden: 'A resource may not be followed and is looked up live: grant list and watch on it',
  absent: 'A followed resource is no longer served',
  overflowed:
    'A followed resource has more objects than there is room for, and is looked up live: raise kubernetes.watch.entriesMax',
  failed: 'A resource cannot be followed now; it is tried again',
};

function publish(
  cache: WatchCache,
  { clock, metrics }: { readonly clock: Clock; readonly metrics: Metrics },
): void {
  for (const { served, objects, reflector } of cache.watched()) {
    const resource = formatResource(served);
    const synced = reflector.state() === 'synced';
    metrics.set('holdfast_watch_objects', objects.size, { resource });
    metrics.set('holdfast_watch_synced', synced ? 1 : 0, { resource });
    const ageMs = clock.monotonicMs() - reflector.heardAtMs();
    if (synced) metrics.set('holdfast_watch_age_seconds', ageMs / MS_PER_SECOND, { resource });
  }
}
