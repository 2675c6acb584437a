/** The limits of what is asked and kept of the cluster: rows of the table in `limits.ts`. */
import { MINUTE, SECOND, type LimitRows } from '../settings/limit.ts';

/** Rows of the table; a key is the path in the configuration file. */
export const KUBERNETES_LIMITS = {
  'kubernetes.lookupTimeoutMs': {
    default: SECOND,
    minimum: 10,
    maximum: 20 * SECOND,
    unit: 'milliseconds',
    reason:
      'The API server answers a read of one object in milliseconds; the request waits meanwhile',
    overflow: 'The fact is unavailable',
    metric: 'holdfast_lookups_total',
  },
  'kubernetes.lookupCacheMs': {
    default: 2 * SECOND,
    minimum: 0,
    maximum: MINUTE,
    unit: 'milliseconds',
    reason: 'One rollout asks for the same parent many times a second; ownership changes rarely',
    overflow: 'The object is read again',
    metric: 'holdfast_lookups_total',
  },
  'kubernetes.lookupCacheEntriesMax': {
    default: 5000,
    minimum: 0,
    maximum: 1_000_000,
    unit: 'items',
    reason: 'Objects of some kilobytes each, in tens of megabytes',
    overflow: 'The oldest entry is forgotten',
    metric: 'holdfast_lookup_cache_entries',
  },
  'kubernetes.concurrentLookupsMax': {
    default: 32,
    minimum: 1,
    maximum: 1000,
    unit: 'items',
    reason: 'Holdfast must not be the load that slows the API server down',
    overflow: 'The lookup waits, at most until its time-out',
    metric: 'holdfast_lookups_total',
  },
  'kubernetes.watch.resourcesMax': {
    default: 64,
    minimum: 1,
    maximum: 500,
    unit: 'items',
    reason: 'Each followed resource is one connection to the API server, from each replica',
    overflow: 'The rest is not followed and is looked up live; the log names it',
    metric: 'holdfast_watch_synced',
  },
  'kubernetes.watch.entriesMax': {
    default: 100_000,
    minimum: 0,
    maximum: 5_000_000,
    unit: 'items',
    reason:
      'README tells the measured memory of 10,000 objects; the default fits the deployment’s memory limit',
    overflow:
      'The resource that needs more room is dropped and looked up live; it is tried again every ten minutes',
    metric: 'holdfast_watch_restarts_total',
  },
  'kubernetes.watch.silenceMs': {
    default: 90 * SECOND,
    minimum: 5 * SECOND,
    maximum: 10 * MINUTE,
    unit: 'milliseconds',
    reason: 'The API server sends a bookmark about every minute, at the latest after 75 s',
    overflow:
      'The watch counts as dead: it is closed and opened again, and its resource is looked up live',
    metric: 'holdfast_watch_restarts_total',
  },
  'kubernetes.watch.resyncMs': {
    default: 60 * MINUTE,
    minimum: MINUTE,
    maximum: 24 * 60 * MINUTE,
    unit: 'milliseconds',
    reason: 'Nothing should ever be missed; a complete list now and then makes sure',
    overflow:
      'The resource is listed again when its watch ends, which it does every 5 to 10 minutes',
    metric: 'holdfast_watch_restarts_total',
  },
} as const satisfies LimitRows;
