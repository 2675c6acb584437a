/** The metrics of the intake: what other programs have seen. */
import type { MetricRow } from './metric-row.ts';

/** A part of the table. */
export const INTAKE_METRICS = {
  holdfast_intake_thread_running: {
    type: 'gauge',
    help: 'Whether the thread that takes what other programs have seen runs: 1, else 0; none where intake is not configured',
    labels: [],
  },
  holdfast_intake_thread_restarts_total: {
    type: 'counter',
    help: 'Restarts of the intake thread after a fault',
    labels: [],
  },
  holdfast_intake_requests_total: {
    type: 'counter',
    help: 'Reports of other programs by source and outcome (taken, else the error code)',
    labels: ['source', 'outcome'],
  },
  holdfast_intake_waiting: {
    type: 'gauge',
    help: 'Reports that are read, or wait for it',
    labels: [],
  },
  holdfast_intake_events_total: {
    type: 'counter',
    help: 'Events in reports by source and outcome (finding, nothing, repeated, malformed)',
    labels: ['source', 'outcome'],
  },
  holdfast_intake_records_total: {
    type: 'counter',
    help: 'Records of what other programs have seen, by source and code',
    labels: ['source', 'code'],
  },
} as const satisfies Readonly<Record<string, MetricRow>>;
