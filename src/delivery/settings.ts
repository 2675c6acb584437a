/** The settings that all sinks share: name, filter, mask and delivery. */
import { z } from 'zod';
import { DECISION_KINDS } from '../audit/classify-decision.ts';
import { ACTOR_CLASSES } from '../identity/actor.ts';
import {
  HOUR,
  KIB,
  MIB,
  MINUTE,
  SECOND,
  fixedLimit,
  limit,
  type LimitRows,
} from '../settings/limit.ts';
import { secretReferenceSchema } from '../settings/secret-reference.ts';
import { nameSchema, namespacePatternSchema, section } from '../settings/value-schemas.ts';

/** Rows of the table of limits. */
export const DELIVERY_LIMITS = {
  'audit.sinks.batch.entriesMax': {
    default: 100,
    minimum: 1,
    maximum: 1000,
    unit: 'items',
    reason: 'The number of records that a sink holds in memory; a record has at most 256 KiB',
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
    reason: 'A collector answers within a second; a slow one must not block delivery',
    overflow: 'The send is aborted, counted as failed and retried',
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
    reason: 'A recovered sink is detected within a minute',
    overflow: 'Waits grow no further',
    metric: 'holdfast_sink_lag_seconds',
  },
  'audit.sinks.delivery.retryAfterMaxMs': {
    default: HOUR,
    minimum: SECOND,
    maximum: HOUR,
    unit: 'milliseconds',
    reason: 'A Retry-After is obeyed, but a wrong one must not stop a sink for ever',
    overflow: 'The wait is shortened to this',
    metric: 'holdfast_sink_lag_seconds',
  },
  'audit.sinks.delivery.breakerFailures': {
    default: 5,
    minimum: 1,
    maximum: 1000,
    unit: 'items',
    reason: 'This many consecutive failures mean an outage',
    overflow: 'The breaker opens: nothing is sent for a while, then one record as a probe',
    metric: 'holdfast_sink_breaker_state',
  },
  'audit.sinks.delivery.breakerOpenMs': {
    default: 30 * SECOND,
    minimum: 10,
    maximum: HOUR,
    unit: 'milliseconds',
    reason: 'Long enough for a restart of the target, short enough to catch up soon',
    overflow: 'One record is sent as a probe',
    metric: 'holdfast_sink_breaker_state',
  },
  'audit.sinks.delivery.deadLettersMax': {
    default: 1000,
    minimum: 1,
    maximum: 10_000,
    unit: 'items',
    reason:
      'More refusals than this have one cause; the rest is safe in the journal until it is fixed',
    overflow: 'The sink waits, as if it were down, until dead letters are sent again or discarded',
    metric: 'holdfast_sink_dead_letters',
  },
  'audit.sinks.delivery.closeMs': {
    default: 2 * SECOND,
    minimum: 0,
    maximum: MINUTE,
    unit: 'milliseconds',
    reason:
      'The journal of a pod may be deleted with it: a working sink gets as many records as possible',
    overflow: 'The rest waits in the journal for the next start',
    metric: 'holdfast_sink_lag_entries',
  },
} as const satisfies LimitRows;

/** Rows of the table of limits: what the sinks of a replica take together while admission is busy. */
export const PROCESSOR_LIMITS = {
  'audit.delivery.busyPercent': fixedLimit(75, {
    unit: 'percent',
    reason: 'An admission thread that works for more of the time has no processor to give away',
    overflow: 'Sinks take no more than their share until it is less busy',
    metric: 'holdfast_sink_lag_seconds',
  }),
  'audit.delivery.processorPercentMax': fixedLimit(5, {
    unit: 'percent',
    reason:
      'Of one processor, while admission is busy: some hundred records per second to ten sinks',
    overflow: 'Records wait in the journal; alerts do not wait',
    metric: 'holdfast_sink_lag_seconds',
  }),
  'audit.delivery.yieldMsMax': fixedLimit(MINUTE, {
    unit: 'milliseconds',
    reason: 'Whoever keeps admission busy must not keep evidence from the sinks',
    overflow: 'A sink whose oldest record has waited for longer takes what it needs',
    metric: 'holdfast_sink_lag_seconds',
  }),
} as const satisfies LimitRows;

/**
 * The fields that a mask can hide. The fields that identify the decision cannot be hidden: id, object, code
 * and policies.
 */
export const MASKABLE_FIELDS = [
  'user.username',
  'user.uid',
  'user.groups',
  'user.extra',
  'change.values',
  'message',
  'grant',
] as const;

// An empty list would match nothing, and such a sink looks like one without new records.
function listOf<Item extends z.ZodType>(item: Item) {
  return z.array(item).min(1).max(1000).readonly().optional();
}

/** Which records are sent to the sink: every given condition must hold, each list by one of its values. */
const filterSchema = section({
  decisions: listOf(z.enum(DECISION_KINDS)).describe(
    'How the request was decided; `allowed` is everything that was let through.',
  ),
  codes: listOf(z.string().min(1).max(128)).describe(
    'The exact code of the decision, or of the denial that the mode enforce would have given.',
  ),
  policies: listOf(z.string().min(1).max(128)).describe(
    'Names of policies; one of them did not pass.',
  ),
  namespaces: listOf(z.union([z.literal(''), namespacePatternSchema])).describe(
    'The namespace of the object, or the beginning of one with `*`; "" stands for objects without a namespace.',
  ),
  actorClasses: listOf(z.enum(ACTOR_CLASSES)).describe(
    'The class of the user who sent the request.',
  ),
  dryRun: z.boolean().default(true).describe('Whether records of dry runs are sent.'),
});

/** The fields that are hidden from the sink. */
const maskSchema = section({
  drop: z
    .array(z.enum(MASKABLE_FIELDS))
    .max(20)
    .readonly()
    .prefault([])
    .describe('Fields that are left out.'),
  hash: z
    .array(z.enum(MASKABLE_FIELDS))
    .max(20)
    .readonly()
    .prefault([])
    .describe(
      'Fields that are replaced by a keyed hash, so that equal values can still be recognized.',
    ),
  key: secretReferenceSchema
    .optional()
    .describe('The key of the hash. Without a key, a reader could try names until one fits.'),
})
  .refine(({ hash, key }) => hash.length === 0 || key !== undefined, {
    error: 'Expected a key for the hash: {file: PATH} or {env: NAME}',
    path: ['key'],
  })
  .refine(({ drop, hash }) => !drop.some((field) => hash.includes(field)), {
    error: 'Expected each field under "drop" or under "hash", not under both',
    path: ['hash'],
  })
  .refine(({ drop, hash }) => hidesMessage([...drop, ...hash]), {
    error: 'Expected "message" as well: the message of a denial repeats the changed values',
    path: ['drop'],
  });

function hidesMessage(masked: readonly (typeof MASKABLE_FIELDS)[number][]): boolean {
  return !masked.includes('change.values') || masked.includes('message');
}

const batchSchema = section({
  entriesMax: limit(DELIVERY_LIMITS['audit.sinks.batch.entriesMax']),
  bytesMax: limit(DELIVERY_LIMITS['audit.sinks.batch.bytesMax']),
  delayMs: limit(DELIVERY_LIMITS['audit.sinks.batch.delayMs']),
});

const deliverySchema = section({
  timeoutMs: limit(DELIVERY_LIMITS['audit.sinks.delivery.timeoutMs']),
  backoffMs: limit(DELIVERY_LIMITS['audit.sinks.delivery.backoffMs']),
  backoffMaxMs: limit(DELIVERY_LIMITS['audit.sinks.delivery.backoffMaxMs']),
  retryAfterMaxMs: limit(DELIVERY_LIMITS['audit.sinks.delivery.retryAfterMaxMs']),
  breakerFailures: limit(DELIVERY_LIMITS['audit.sinks.delivery.breakerFailures']),
  breakerOpenMs: limit(DELIVERY_LIMITS['audit.sinks.delivery.breakerOpenMs']),
  deadLettersMax: limit(DELIVERY_LIMITS['audit.sinks.delivery.deadLettersMax']),
  closeMs: limit(DELIVERY_LIMITS['audit.sinks.delivery.closeMs']),
});

const sinkShape = {
  name: nameSchema.describe(
    'The name in metrics and commands. The cursor is stored under it: a renamed sink starts anew.',
  ),
  startAt: z
    .enum(['oldest', 'newest'])
    .default('oldest')
    .describe(
      'Where a sink without a cursor starts: with the oldest record in the journal, or with the next one.',
    ),
  filter: filterSchema
    .prefault({})
    .describe('Which records are sent: every condition that is given must hold.'),
  mask: maskSchema.prefault({}).describe('Which fields of a record are hidden from the sink.'),
  batch: batchSchema.prefault({}).describe('How records are collected before they are sent.'),
  delivery: deliverySchema.prefault({}).describe('How failures are handled.'),
};

/**
 * A member of the list of sinks: the shared settings and those of the type. Keys that name files end in
 * `File`, or are `file`.
 */
export function sinkSection<Type extends string, Shape extends z.core.$ZodLooseShape>(
  type: Type,
  shape: Shape,
) {
  return section({
    type: z.literal(type).describe('The type of the sink.'),
    ...sinkShape,
    ...shape,
  });
}

type SinkSection = z.output<ReturnType<typeof section<typeof sinkShape>>>;

/** The settings of a sink that delivery reads. */
export type DeliverySettings = Omit<SinkSection, 'mask'>;

/** Every given condition must hold. */
export type SinkFilter = SinkSection['filter'];

/** The fields that are hidden from a sink; a key is present if any is hashed. */
export type MaskSettings = SinkSection['mask'];

export type MaskedField = (typeof MASKABLE_FIELDS)[number];

/** When a failed send is retried. */
export type RetrySettings = Pick<
  SinkSection['delivery'],
  'backoffMs' | 'backoffMaxMs' | 'retryAfterMaxMs' | 'breakerFailures' | 'breakerOpenMs'
>;

/** The settings that the sink itself reads. */
export type OwnSettings<Schema extends z.ZodType<SinkSection>> = Omit<
  z.output<Schema>,
  'type' | Exclude<keyof SinkSection, 'name'>
>;

/** The same for a sink that waits for responses itself. */
export type TimedSettings<Schema extends z.ZodType<SinkSection>> = OwnSettings<Schema> & {
  /** From the call to the last byte of the response. */
  readonly delivery: Pick<SinkSection['delivery'], 'timeoutMs'>;
};
