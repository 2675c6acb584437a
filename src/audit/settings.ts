/** The settings section `audit`: what is recorded of decisions, and for how long. */
import { z } from 'zod';
import {
  DAY,
  GIB,
  HOUR,
  KIB,
  MIB,
  MINUTE,
  SECOND,
  limit,
  type LimitRows,
} from '../settings/limit.ts';
import { pathSchema, section } from '../settings/value-schemas.ts';

/** Rows of the table of limits. */
export const AUDIT_LIMITS = {
  'audit.journal.headIntervalMs': {
    default: MINUTE,
    minimum: SECOND,
    maximum: HOUR,
    unit: 'milliseconds',
    reason: 'Only the chain proves records after the last signed head',
    overflow: 'A head is signed if there are new entries',
    metric: 'holdfast_journal_heads_total',
  },
  'audit.journal.segmentBytesMax': {
    default: 256 * MIB,
    minimum: MIB,
    maximum: 16 * GIB,
    unit: 'bytes',
    reason: 'Segments are sealed, copied and removed as a whole',
    overflow: 'The segment is sealed and the next one begun',
    metric: 'holdfast_journal_segments',
  },
  'audit.journal.segmentAgeMs': {
    default: DAY,
    minimum: SECOND,
    maximum: 31 * DAY,
    unit: 'milliseconds',
    reason: 'A day is what auditors sample',
    overflow: 'The segment is sealed and the next one begun',
    metric: 'holdfast_journal_segments',
  },
  'audit.journal.journalBytesMax': {
    default: 4 * GIB,
    minimum: 2 * MIB,
    maximum: 1024 * GIB,
    unit: 'bytes',
    reason: 'A full disk would stop recording, and with it every change',
    overflow:
      'The oldest sealed segments are removed, even undelivered ones, which is logged and counted',
    metric: 'holdfast_journal_segments_removed_total',
  },
  'audit.journal.retentionMs': {
    default: 90 * DAY,
    minimum: MINUTE,
    maximum: 3660 * DAY,
    unit: 'milliseconds',
    reason: 'A quarter of a year stays on the replica; sinks keep records for longer',
    overflow: 'Sealed segments whose every entry is older and delivered are removed',
    metric: 'holdfast_journal_segments_removed_total',
  },
  'audit.journal.batchDelayMs': {
    default: 0,
    minimum: 0,
    maximum: 100,
    unit: 'milliseconds',
    reason: 'Records that arrive during a write share the next one; a delay helps only slow disks',
    overflow: 'The batch is written',
    metric: 'holdfast_journal_batch_entries',
  },
  'audit.journal.batchEntriesMax': {
    default: 512,
    minimum: 1,
    maximum: 10_000,
    unit: 'items',
    reason: 'All of them share one write; with more, the first would wait for the last',
    overflow: 'The rest is in the next batch',
    metric: 'holdfast_journal_batch_entries',
  },
  'audit.journal.queueEntriesMax': {
    default: 20_000,
    minimum: 1,
    maximum: 1_000_000,
    unit: 'items',
    reason: 'Some seconds of a slow disk at several thousand decisions a second',
    overflow: 'The record fails with journal_queue_full; audit.recordFailure decides',
    metric: 'holdfast_journal_queue_length',
  },
  'audit.journal.queueBytesMax': {
    default: 64 * MIB,
    minimum: MIB,
    maximum: GIB,
    unit: 'bytes',
    reason: 'Records that wait for the disk must not exhaust memory',
    overflow: 'The record fails with journal_queue_full; audit.recordFailure decides',
    metric: 'holdfast_journal_queue_length',
  },
  'audit.journal.folding.windowMs': {
    default: MINUTE,
    minimum: SECOND,
    maximum: HOUR,
    unit: 'milliseconds',
    reason: 'Sinks and incidents get the counts of a fold once in a window',
    overflow: 'A summary of the fold is appended to the chain, and the next window begins',
    metric: 'holdfast_refusals_folded_total',
  },
  'audit.journal.folding.sameWholeMax': {
    default: 20,
    minimum: 1,
    maximum: 1_000_000,
    unit: 'items',
    reason: 'A person or a controller that tries again fits in; a repetition says nothing new',
    overflow: 'Further refusals of the same request are counted in a fold',
    metric: 'holdfast_refusals_folded_total',
  },
  'audit.journal.folding.actorWholeMax': {
    default: 100,
    minimum: 1,
    maximum: 1_000_000,
    unit: 'items',
    reason:
      'Whoever is refused more often would fill the journal, and remove the evidence of others',
    overflow: 'Further refusals of the actor are counted in a fold for each code',
    metric: 'holdfast_refusals_folded_total',
  },
  'audit.journal.folding.listedMax': {
    default: 100,
    minimum: 0,
    maximum: 1000,
    unit: 'items',
    reason:
      'A summary names the users, operations and objects that were refused, and fits into a record',
    overflow: 'The rest is counted as not listed',
    metric: 'holdfast_refusals_folded_total',
  },
  'audit.journal.folding.openMax': {
    default: 1000,
    minimum: 1,
    maximum: 100_000,
    unit: 'items',
    reason: 'A fold holds some 30 KiB of memory at most',
    overflow: 'Refusals that would open another fold are recorded whole',
    metric: 'holdfast_fold_overflows_total',
  },
  'audit.journal.folding.actorsMax': {
    default: 1000,
    minimum: 1,
    maximum: 100_000,
    unit: 'items',
    reason:
      'The refusals of so many actors are counted in one window, with some 10 KiB of memory each',
    overflow: 'Refusals of further actors are recorded whole',
    metric: 'holdfast_fold_overflows_total',
  },
  'audit.journal.recordBytesMax': {
    default: 256 * KIB,
    minimum: 64 * KIB,
    maximum: MIB,
    unit: 'bytes',
    reason: 'A record lists a few hundred changes at most; group lists can be long',
    overflow: 'Changed paths, texts and group lists are cut and the record is marked truncated',
    metric: 'holdfast_records_truncated_total',
  },
  'audit.journal.inputBytesMax': {
    default: 64 * KIB,
    minimum: KIB,
    maximum: MIB,
    unit: 'bytes',
    reason: 'Most objects are smaller; journalBytesMax holds fewer days with larger ones',
    overflow: 'The record is kept without what the policies were given, and its cut says so',
    metric: 'holdfast_records_truncated_total',
  },
} as const satisfies LimitRows;

/** Repeated refusals of one actor, which are counted instead of recorded one by one. */
const foldingSchema = section({
  windowMs: limit(AUDIT_LIMITS['audit.journal.folding.windowMs']),
  sameWholeMax: limit(AUDIT_LIMITS['audit.journal.folding.sameWholeMax']),
  actorWholeMax: limit(AUDIT_LIMITS['audit.journal.folding.actorWholeMax']),
  listedMax: limit(AUDIT_LIMITS['audit.journal.folding.listedMax']),
  openMax: limit(AUDIT_LIMITS['audit.journal.folding.openMax']),
  actorsMax: limit(AUDIT_LIMITS['audit.journal.folding.actorsMax']),
});

const journalSchema = section({
  folder: pathSchema
    .default('data/journal')
    .describe(
      'The folder of the journal, one for each replica. A second process on the same folder is refused.',
    ),
  durability: z
    .enum(['before-response', 'async'])
    .default('before-response')
    .describe('Whether an answer waits until its record is on disk.'),
  headKeyFile: pathSchema
    .optional()
    .describe(
      'The private key that signs heads: Ed25519 or P-256, as JSON web key or PEM. Absent: a key is created in the folder.',
    ),
  headIntervalMs: limit(AUDIT_LIMITS['audit.journal.headIntervalMs']),
  segmentBytesMax: limit(AUDIT_LIMITS['audit.journal.segmentBytesMax']),
  segmentAgeMs: limit(AUDIT_LIMITS['audit.journal.segmentAgeMs']),
  journalBytesMax: limit(AUDIT_LIMITS['audit.journal.journalBytesMax']),
  retentionMs: limit(AUDIT_LIMITS['audit.journal.retentionMs']),
  batchDelayMs: limit(AUDIT_LIMITS['audit.journal.batchDelayMs']),
  batchEntriesMax: limit(AUDIT_LIMITS['audit.journal.batchEntriesMax']),
  queueEntriesMax: limit(AUDIT_LIMITS['audit.journal.queueEntriesMax']),
  queueBytesMax: limit(AUDIT_LIMITS['audit.journal.queueBytesMax']),
  recordBytesMax: limit(AUDIT_LIMITS['audit.journal.recordBytesMax']),
  input: z
    .boolean()
    .default(false)
    .describe(
      'Whether records have what the policies were given, the request without secrets and the facts, so that holdfast policy replay can judge them again.',
    ),
  inputBytesMax: limit(AUDIT_LIMITS['audit.journal.inputBytesMax']),
  folding: foldingSchema
    .prefault({})
    .describe('When repeated refusals of one actor are counted instead of recorded one by one.'),
}).refine(({ segmentBytesMax, journalBytesMax }) => 2 * segmentBytesMax <= journalBytesMax, {
  error: 'Expected room for at least two segments: one is written while the other is kept',
  path: ['journalBytesMax'],
});

/**
 * What is recorded in addition to denials, warnings, unavailable policies and grants, which are always
 * recorded.
 */
const recordSchema = section({
  managedWrites: z
    .boolean()
    .default(true)
    .describe(
      'Whether allowed writes to managed objects, and syncs that Argo CD was asked for, are recorded.',
    ),
  routineAllows: z
    .enum(['none', 'writes', 'all'])
    .default('none')
    .describe(
      'Which allowed requests without objection are recorded: none, writes (no CONNECT, no dry run), or all of both routes.',
    ),
});

/** Values that leave the process only as a keyed hash; `data` and `stringData` of Secrets always are among them. */
const hideSchema = section({
  paths: z
    .array(
      z
        .string()
        .max(1024)
        .regex(
          /^(?:[A-Za-z_$][\w$-]*|\["[^"\\]+"\]|\*)(?:\.(?:[A-Za-z_$][\w$-]*|\*)|\["[^"\\]+"\]|\[[\w.:/*-]+\])*$/u,
          'Expected a path as in "spec.template.spec.containers[*].env[*].value"; keys with dots are written ["a.b/c"]',
        ),
    )
    .max(1000)
    .readonly()
    .prefault([])
    .describe(
      'Paths of fields whose values are hidden, besides `data` and `stringData` of Secrets.',
    ),
  keyFile: pathSchema
    .optional()
    .describe(
      'The key of the hash, 32 bytes or more. Absent: a key is created in the folder of the journal.',
    ),
});

/** What is recorded of decisions; `config/` adds the sinks. */
export const auditShape = {
  recordFailure: z
    .enum(['deny', 'allow'])
    .default('deny')
    .describe('What happens to a change whose decision cannot be recorded. `deny` refuses it.'),
  journal: journalSchema
    .optional()
    .describe('The journal on disk. Absent: records are log lines only.'),
  record: recordSchema
    .prefault({})
    .describe(
      'What is recorded beyond refusals, warnings, unavailable policies and grants, which are always recorded.',
    ),
  hide: hideSchema.prefault({}).describe('Values that leave the process only as a keyed hash.'),
};

/** The journal settings of one process. */
export type JournalOptions = Omit<
  z.output<typeof journalSchema>,
  'durability' | 'folding' | 'input'
> & {
  readonly cluster: string;
  readonly replica: string;
};
