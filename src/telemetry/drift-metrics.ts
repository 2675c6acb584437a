/** The metrics of drift: what got past admission. */
import type { MetricRow } from './metric-row.ts';

/** A part of the table. */
export const DRIFT_METRICS = {
  holdfast_drift_thread_running: {
    type: 'gauge',
    help: 'Whether the thread that looks for drift runs: 1, else 0; none where drift is not configured',
    labels: [],
  },
  holdfast_drift_thread_restarts_total: {
    type: 'counter',
    help: 'Restarts of the drift thread after a fault',
    labels: [],
  },
  holdfast_drift_leader: {
    type: 'gauge',
    help: 'Whether this replica has drift recorded: 1, else 0',
    labels: [],
  },
  holdfast_drift_objects: {
    type: 'gauge',
    help: 'Managed objects whose last intended state is known',
    labels: [],
  },
  holdfast_drift_open: {
    type: 'gauge',
    help: 'Managed objects that differ from what their writer wrote last, and that no decision allowed to',
    labels: [],
  },
  holdfast_drift_pending: {
    type: 'gauge',
    help: 'Changed objects that are not judged yet',
    labels: [],
  },
  holdfast_drift_synced: {
    type: 'gauge',
    help: 'Whether a resource is followed for drift without a gap: 1, else 0',
    labels: ['resource'],
  },
  holdfast_drift_lists_total: {
    type: 'counter',
    help: 'Complete comparisons of a resource: at the first start, after a gap in its watch, and each `kubernetes.watch.resyncMs`',
    labels: ['resource'],
  },
  holdfast_drift_reads_total: {
    type: 'counter',
    help: 'Objects that were read because they had changed, by outcome (read, absent, unavailable)',
    labels: ['outcome'],
  },
  holdfast_drift_findings_total: {
    type: 'counter',
    help: 'Differences of managed objects by outcome (added, changed, deleted, reverted; passed if a decision or a writer accounts for it)',
    labels: ['outcome'],
  },
  holdfast_drift_heals_total: {
    type: 'counter',
    help: 'Healing of drift by outcome (asked, healed, given_up; held while a grant, a freeze or another operation keeps from it)',
    labels: ['outcome'],
  },
  holdfast_drift_heals_given_up: {
    type: 'gauge',
    help: 'Objects that drifted and are no longer asked to be healed, until they are reverted',
    labels: [],
  },
  holdfast_drift_left_out_total: {
    type: 'counter',
    help: 'What had no room, by what it was (object, finding)',
    labels: ['what'],
  },
} as const satisfies Readonly<Record<string, MetricRow>>;
