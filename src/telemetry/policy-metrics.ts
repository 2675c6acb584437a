/** The metrics of policies and of the engine that evaluates them. */
import { DURATION_BUCKETS, EVALUATION_BUCKETS, type MetricRow } from './metric-row.ts';

/** Rows of the table of metrics. */
export const POLICY_METRICS = {
  holdfast_policy_outcomes_total: {
    type: 'counter',
    help: 'Policy evaluations by policy and outcome (passed, denied, warned, audited, unavailable)',
    labels: ['policy', 'outcome'],
  },
  holdfast_policy_duration_seconds: {
    type: 'histogram',
    help: 'Time of one policy in WebAssembly, without any wait, where it was evaluated alone: because no other one judged the request, to measure it (one evaluation of 256), or because one of several had failed',
    labels: ['policy'],
    buckets: EVALUATION_BUCKETS,
  },
  holdfast_engine_call_duration_seconds: {
    type: 'histogram',
    help: 'Time of one evaluation, including the wait for a worker',
    labels: [],
    buckets: DURATION_BUCKETS,
  },
  holdfast_engine_evaluations_total: {
    type: 'counter',
    help: 'Evaluations by the place where they ended: on the admission thread (inline) or in a worker',
    labels: ['place'],
  },
  holdfast_engine_inline_fallbacks_total: {
    type: 'counter',
    help: 'Times that policies were left to the workers for some time, by what the admission thread met (fuel, memory, failure), or that a module could not be metered (module)',
    labels: ['reason'],
  },
  holdfast_engine_queue_length: {
    type: 'gauge',
    help: 'Evaluations that wait for a worker',
    labels: [],
  },
  holdfast_policy_bundle_loads_total: {
    type: 'counter',
    help: 'Policy bundles by outcome (loaded, refused)',
    labels: ['outcome'],
  },
  holdfast_policy_bundle_fetches_total: {
    type: 'counter',
    help: 'Requests to policies.server or policies.registry by outcome (read, unchanged, refused, failed)',
    labels: ['outcome'],
  },
  holdfast_policy_bundle_checked_timestamp_seconds: {
    type: 'gauge',
    help: 'When policies.server or policies.registry last gave a bundle that was taken, or said that there is no other',
    labels: [],
  },
  holdfast_engine_failures_total: {
    type: 'counter',
    help: 'Evaluations that failed, by error code',
    labels: ['code'],
  },
  holdfast_engine_kills_total: {
    type: 'counter',
    help: 'Workers ended because an evaluation missed its deadline',
    labels: [],
  },
  holdfast_engine_worker_restarts_total: {
    type: 'counter',
    help: 'Workers that ended for any reason and were replaced',
    labels: [],
  },
  holdfast_engine_quarantined: {
    type: 'gauge',
    help: 'Policies that are not evaluated for a while because they were ended too often: for one cause, or for everybody (policy)',
    labels: ['scope'],
  },
} as const satisfies Readonly<Record<string, MetricRow>>;
