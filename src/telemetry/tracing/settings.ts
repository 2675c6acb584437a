/** The settings section `traces`: where traces are sent, and how many. */
import { z } from 'zod';
import { KIB, limit, SECOND, MINUTE, fixedLimit, type LimitRows } from '../../settings/limit.ts';
import {
  httpTargetSchema,
  secretHeadersSchema,
  targetTlsSchema,
} from '../../settings/target-schemas.ts';
import { section } from '../../settings/value-schemas.ts';

/** Rows of the table of limits. */
export const TRACE_LIMITS = {
  'traces.queueLengthMax': {
    default: 2 * KIB,
    minimum: 16,
    maximum: 64 * KIB,
    unit: 'items',
    reason: 'A span takes about 2 KiB: 4 MiB while the collector is away',
    overflow: 'Further spans are dropped; decisions do not wait',
    metric: 'holdfast_trace_spans_dropped_total',
  },
  'traces.batchLengthMax': {
    default: 128,
    minimum: 1,
    maximum: 2 * KIB,
    unit: 'items',
    reason: 'A batch is encoded in one piece, for which admission waits: below a millisecond',
    overflow: 'The rest is in the next batch',
    metric: 'holdfast_trace_queue_length',
  },
  'traces.batchDelayMs': {
    default: 2 * SECOND,
    minimum: 10,
    maximum: MINUTE,
    unit: 'milliseconds',
    reason: 'Few requests for many spans; whoever looks for a trace waits for seconds anyhow',
    overflow: 'The batch is sent as it is',
    metric: 'holdfast_trace_queue_length',
  },
  'traces.timeoutMs': {
    default: 5 * SECOND,
    minimum: 100,
    maximum: MINUTE,
    unit: 'milliseconds',
    reason: 'A collector nearby answers in milliseconds; a longer wait only fills the queue',
    overflow: 'The attempt has failed, and is repeated',
    metric: 'holdfast_trace_export_duration_seconds',
  },
  'traces.attemptsMax': {
    default: 3,
    minimum: 1,
    maximum: 10,
    unit: 'items',
    reason: 'Enough for a restart of the collector; a trace is worth no more',
    overflow: 'The batch is dropped',
    metric: 'holdfast_trace_spans_dropped_total',
  },
  'traces.closeMs': {
    default: 2 * SECOND,
    minimum: 0,
    maximum: MINUTE,
    unit: 'milliseconds',
    reason: 'The last requests of a pod are those that somebody looks for; its end must not wait',
    overflow: 'The rest is dropped',
    metric: 'holdfast_trace_spans_dropped_total',
  },
  'traces.attributesMax': fixedLimit(32, {
    unit: 'items',
    reason: 'No span of ours has half as many',
    overflow: 'Further attributes are left out, and the span says how many',
  }),
  'traces.attributeCharsMax': fixedLimit(256, {
    unit: 'characters',
    reason: 'The longest name of an object has 253; what is longer was made to fill the queue',
    overflow: 'The text is cut',
  }),
  'traces.linksMax': fixedLimit(64, {
    unit: 'items',
    reason: 'A batch of records has up to a thousand; the first ones lead to it',
    overflow: 'Further links are left out, and the span says how many',
  }),
} as const satisfies LimitRows;

// Headers of the protocol cannot be configured.
const RESERVED_HEADER =
  /^(?:connection|content-.*|expect|host|te|trailer|transfer-encoding|upgrade)$/iu;

/** Where and how traces are exported. Absent: there are none, and nothing is loaded for them. */
export const tracesSchema = section({
  url: httpTargetSchema.describe(
    'The base address of an OpenTelemetry collector that takes OTLP/HTTP, without `/v1/traces`.',
  ),
  samplingRatio: z
    .number()
    .min(0)
    .max(1)
    .default(0.01)
    .describe(
      'Which part of the requests is traced where the API server does not say whether to: 0 to 1. What it samples itself is always traced, and what it does not sample never.',
    ),
  tls: targetTlsSchema.prefault({}).describe('How the connection is secured.'),
  secretHeaders: secretHeadersSchema(RESERVED_HEADER).describe(
    'Headers whose values are secrets, such as `authorization`.',
  ),
  queueLengthMax: limit(TRACE_LIMITS['traces.queueLengthMax']),
  batchLengthMax: limit(TRACE_LIMITS['traces.batchLengthMax']),
  batchDelayMs: limit(TRACE_LIMITS['traces.batchDelayMs']),
  timeoutMs: limit(TRACE_LIMITS['traces.timeoutMs']),
  attemptsMax: limit(TRACE_LIMITS['traces.attemptsMax']),
  closeMs: limit(TRACE_LIMITS['traces.closeMs']),
});

export type TracesSettings = z.output<typeof tracesSchema>;
