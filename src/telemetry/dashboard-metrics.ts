/** The metrics of the dashboard. */
import type { MetricRow } from './metric-row.ts';

/** A part of the table. */
export const DASHBOARD_METRICS = {
  holdfast_dashboard_thread_running: {
    type: 'gauge',
    help: 'Whether the thread that serves the dashboard runs: 1, else 0; none where no dashboard is configured',
    labels: [],
  },
  holdfast_dashboard_thread_restarts_total: {
    type: 'counter',
    help: 'Restarts of the dashboard thread after a fault',
    labels: [],
  },
  holdfast_dashboard_requests_total: {
    type: 'counter',
    help: 'Requests to the dashboard, by the status of the answer',
    labels: ['status'],
  },
  holdfast_dashboard_sign_ins_total: {
    type: 'counter',
    help: 'Attempts to sign in to the dashboard, by result (accepted, rejected, limited, unavailable)',
    labels: ['result'],
  },
  holdfast_dashboard_access_reviews_total: {
    type: 'counter',
    help: 'SubjectAccessReviews of the dashboard, by result (allowed, denied, unavailable); answers are kept for a minute',
    labels: ['result'],
  },
  holdfast_dashboard_sessions: {
    type: 'gauge',
    help: 'Sessions of the dashboard',
    labels: [],
  },
  holdfast_dashboard_streams: {
    type: 'gauge',
    help: 'Pages that follow what happens',
    labels: [],
  },
} as const satisfies Readonly<Record<string, MetricRow>>;
