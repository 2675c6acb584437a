/** The limits of sinks: how much is sent at once, how long is waited, and what is kept of what a sink refuses. */
import type { Limit } from './limits.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** A part of the table of limits. */
export const SINK_LIMITS = {
  'audit.sinks.batch.entriesMax': {
    default: 100,
    minimum: 1,
    maximum: 1000,
    unit: 'items',
    reason: 'As many records as a sink holds in memory at once; a record has at most 256 KiB',
    overflow: 'The rest is in the next batch',
    metric: 'holdfast_sink_lag_entries',
  },
  'audit.sinks.batch.bytesMax': {
    default: MIB,
    minimum: KIB,
    maximum: 64 * MIB,
    unit: 'bytes',
    reason: 'What most collectors accept as one request',
    overflow: 'The rest is in the next batch; a larger record is sent alone',
    metric: 'holdfast_sink_lag_entries',
  },
  'audit.sinks.batch.delayMs': {
    default: 200,
    minimum: 0,
    maximum: MINUTE,
    unit: 'milliseconds',
    reason: 'Records of one rollout share a request, and nobody waits for the first of them',
    overflow: 'The batch is sent as it is',
    metric: 'holdfast_sink_lag_seconds',
  },
  'audit.sinks.delivery.timeoutMs': {
    default: 10 * SECOND,
    minimum: 10,
    maximum: 5 * MINUTE,
    unit: 'milliseconds',
    reason: 'A collector answers within a second; one that trickles must not hold the order up',
    overflow: 'The send is ended, counted as failed and tried again',
    metric: 'holdfast_sink_failures_total',
  },
  'audit.sinks.delivery.backoffMs': {
    default: 500,
    minimum: 1,
    maximum: MINUTE,
    unit: 'milliseconds',
    reason: 'The longest wait after a first failure; it doubles with each further one',
    overflow: 'The batch is tried again',
    metric: 'holdfast_sink_failures_total',
  },
  'audit.sinks.delivery.backoffMaxMs': {
    default: MINUTE,
    minimum: 10,
    maximum: HOUR,
    unit: 'milliseconds',
    reason: 'A sink that is back is found within a minute',
    overflow: 'Waits grow no further',
    metric: 'holdfast_sink_lag_seconds',
  },
  'audit.sinks.delivery.retryAfterMaxMs': {
    default: HOUR,
    minimum: SECOND,
    maximum: HOUR,
    unit: 'milliseconds',
    reason: 'A Retry-After is obeyed, and a mistaken one must not stop a sink for good',
    overflow: 'The wait is cut to this',
    metric: 'holdfast_sink_lag_seconds',
  },
  'audit.sinks.delivery.breakerFailures': {
    default: 5,
    minimum: 1,
    maximum: 1000,
    unit: 'items',
    reason: 'So many failures in a row are an outage, not an accident',
    overflow: 'The breaker opens: nothing is sent for a while, then one record as a probe',
    metric: 'holdfast_sink_breaker_state',
  },
  'audit.sinks.delivery.breakerOpenMs': {
    default: 30 * SECOND,
    minimum: 10,
    maximum: HOUR,
    unit: 'milliseconds',
    reason: 'Long enough for a restart of the other side, short enough to be current again soon',
    overflow: 'One record is sent as a probe',
    metric: 'holdfast_sink_breaker_state',
  },
  'audit.sinks.delivery.deadLettersMax': {
    default: 1000,
    minimum: 1,
    maximum: 10_000,
    unit: 'items',
    reason:
      'More refusals than this have one cause; the rest is safe in the journal until it is mended',
    overflow: 'The sink waits, as if it were down, until dead letters are sent again or discarded',
    metric: 'holdfast_sink_dead_letters',
  },
  'audit.sinks.rotation.bytesMax': {
    default: 64 * MIB,
    minimum: 64 * KIB,
    maximum: 64 * 1024 * MIB,
    unit: 'bytes',
    reason: 'A file that an editor and a shipper can still handle',
    overflow: 'The file is renamed and a new one begun',
    metric: 'none',
  },
  'audit.sinks.rotation.filesMax': {
    default: 8,
    minimum: 1,
    maximum: 1000,
    unit: 'items',
    reason: 'Half a gigabyte with the default size; the journal keeps the records for longer',
    overflow: 'The oldest rotated file is removed',
    metric: 'none',
  },
  'audit.sinks.linesMax': {
    default: 10,
    minimum: 1,
    maximum: 50,
    unit: 'items',
    reason: 'More lines than this nobody reads in a chat',
    overflow: 'The rest of the batch is counted in the last line',
    metric: 'none',
  },
  'audit.sinks.intervalMs': {
    default: SECOND,
    minimum: 0,
    maximum: MINUTE,
    unit: 'milliseconds',
    reason: 'Slack allows one message in a second for each webhook',
    overflow: 'The next message waits; what comes meanwhile is part of it',
    metric: 'holdfast_sink_lag_seconds',
  },
} as const satisfies Readonly<Record<string, Limit>>;
