/** The metrics of what is read from the cluster and from Argo CD's hub. */
import { DURATION_BUCKETS, type MetricRow } from './metric-row.ts';

/** A part of the table. */
export const CLUSTER_METRICS = {
  // Look-ups in the cluster
  holdfast_lookups_total: {
    type: 'counter',
    help: 'Look-ups of objects in the cluster by outcome (found, missing, cached, unavailable)',
    labels: ['outcome'],
  },
  holdfast_lookup_duration_seconds: {
    type: 'histogram',
    help: 'Time of look-ups that asked the API server',
    labels: [],
    buckets: DURATION_BUCKETS,
  },
  holdfast_lookup_cache_entries: {
    type: 'gauge',
    help: 'Objects in the look-up cache',
    labels: [],
  },

  // Watches of the cluster. The label `resource` has at most kubernetes.watch.resourcesMax values.
  holdfast_watch_objects: {
    type: 'gauge',
    help: 'Cached objects of a watched resource',
    labels: ['resource'],
  },
  holdfast_watch_synced: {
    type: 'gauge',
    help: 'Whether a watched resource is synced (1) or looked up live (0)',
    labels: ['resource'],
  },
  holdfast_watch_age_seconds: {
    type: 'gauge',
    help: 'Time since the last message of the API server on the watch of a followed resource',
    labels: ['resource'],
  },
  holdfast_watch_restarts_total: {
    type: 'counter',
    help: 'Lists and watches that ended, by reason (listed, ended, silent, broken, gone, throttled, failed, unreadable, absent, forbidden, overflowed)',
    labels: ['reason'],
  },
  holdfast_watch_lists_total: {
    type: 'counter',
    help: 'Complete lists of a watched resource, including the first one',
    labels: ['resource'],
  },
  holdfast_watch_discovery_failures_total: {
    type: 'counter',
    help: 'Failed attempts to learn which resources the API server serves',
    labels: [],
  },

  // The registration, where Holdfast keeps it (registration.manage)
  holdfast_registration_kept: {
    type: 'gauge',
    help: 'Whether this replica keeps the registration, or another one leads (1), or it cannot be kept (0)',
    labels: [],
  },
  holdfast_registration_writes_total: {
    type: 'counter',
    help: 'Webhook configurations that were written, by reason (first, configuration, drift: somebody else changed it)',
    labels: ['reason'],
  },

  // The hub of Argo CD, where it deploys to this cluster from another one
  holdfast_hub_lookups_total: {
    type: 'counter',
    help: 'Applications that were asked for on the hub, by outcome (here, elsewhere, absent, kept, unavailable)',
    labels: ['outcome'],
  },
  holdfast_hub_synced: {
    type: 'gauge',
    help: 'Whether the Applications of the hub are followed (1) or not (0)',
    labels: [],
  },
  holdfast_hub_age_seconds: {
    type: 'gauge',
    help: "Time since the hub's API server sent something last; since the start where it never did",
    labels: [],
  },
  holdfast_hub_applications: {
    type: 'gauge',
    help: 'Applications of the hub that deploy to this cluster',
    labels: [],
  },
  holdfast_hub_entries: {
    type: 'gauge',
    help: 'What of kubernetes.hub.entriesMax is used',
    labels: [],
  },
} as const satisfies Readonly<Record<string, MetricRow>>;
