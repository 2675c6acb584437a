/** The metrics of what is followed of the cluster: rows of the table in `metrics-table.ts`. */

/** Rows of the table. The label `resource` has at most kubernetes.watch.resourcesMax values. */
export const WATCH_METRICS = {
  holdfast_watch_objects: {
    type: 'gauge',
    help: 'Objects that are kept of a followed resource',
    labels: ['resource'],
  },
  holdfast_watch_synced: {
    type: 'gauge',
    help: 'Whether a followed resource is known as a whole (1) or looked up live (0)',
    labels: ['resource'],
  },
  holdfast_watch_age_seconds: {
    type: 'gauge',
    help: 'Time since the API server was last heard on the watch of a followed resource',
    labels: ['resource'],
  },
  holdfast_watch_restarts_total: {
    type: 'counter',
    help: 'Lists and watches that ended, by reason (listed, ended, silent, broken, gone, throttled, failed, unreadable, absent, forbidden, overflowed)',
    labels: ['reason'],
  },
  holdfast_watch_lists_total: {
    type: 'counter',
    help: 'Complete lists of a followed resource: the first one, and every one since',
    labels: ['resource'],
  },
  holdfast_watch_discovery_failures_total: {
    type: 'counter',
    help: 'Failed attempts to learn which resources the API server serves',
    labels: [],
  },
} as const;
