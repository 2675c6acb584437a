/** The metrics of traces. */
import { DURATION_BUCKETS, type MetricRow } from './metric-row.ts';

/** Rows of the table of metrics. */
export const TRACE_METRICS = {
  holdfast_trace_spans_exported_total: {
    type: 'counter',
    help: 'Spans that the collector accepted',
    labels: [],
  },
  holdfast_trace_spans_dropped_total: {
    type: 'counter',
    help: 'Spans that were not exported, by reason (queue_full, refused, unavailable, shutdown)',
    labels: ['reason'],
  },
  holdfast_trace_queue_length: {
    type: 'gauge',
    help: 'Spans that wait for the collector, by the thread that made them (admission, delivery)',
    labels: ['thread'],
  },
  holdfast_trace_export_duration_seconds: {
    type: 'histogram',
    help: 'Time of one attempt to export a batch of spans',
    labels: [],
    buckets: DURATION_BUCKETS,
  },
} as const satisfies Readonly<Record<string, MetricRow>>;
