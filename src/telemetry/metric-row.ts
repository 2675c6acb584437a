/** What a metric is. */

/** As in the Prometheus exposition format. */
export type MetricType = 'counter' | 'gauge' | 'histogram';

export interface MetricRow {
  readonly type: MetricType;
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds, in the unit of the name. */
  readonly buckets?: readonly number[];
  /** Where requests are traced, each bucket names the trace of its last observation. */
  readonly exemplars?: true;
}

/** 10 µs to 1 s: a policy takes some ten microseconds, and is ended at its deadline. */
export const EVALUATION_BUCKETS = [
  0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.005, 0.025, 0.1, 1,
] as const;

/** 0.1 ms to 10 s: a decision takes a fraction of a millisecond, the API server times out after a few seconds. */
export const DURATION_BUCKETS = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
] as const;
