/** The limits of the journal: how much it keeps, how long, and how records wait for the disk. */
import type { Limit } from './limits.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A part of the table of limits. */
export const AUDIT_LIMITS = {
  'audit.journal.headIntervalMs': {
    default: MINUTE,
    minimum: SECOND,
    maximum: HOUR,
    unit: 'milliseconds',
    reason: 'What was recorded since the last signed head is proven by the chain alone',
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
    reason: 'A quarter is at hand on the replica; sinks keep what must be kept for longer',
    overflow: 'Sealed segments whose every entry is older and delivered are removed',
    metric: 'holdfast_journal_segments_removed_total',
  },
  'audit.journal.batchDelayMs': {
    default: 0,
    minimum: 0,
    maximum: 100,
    unit: 'milliseconds',
    reason:
      'Records that come while the disk writes share the next write; waiting longer only helps slow disks',
    overflow: 'The batch is written',
    metric: 'holdfast_journal_batch_entries',
  },
  'audit.journal.batchEntriesMax': {
    default: 512,
    minimum: 1,
    maximum: 10_000,
    unit: 'items',
    reason: 'One write of the disk for all of them; more would make the first wait for the last',
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
    reason: 'What waits for the disk must not be what memory runs out of',
    overflow: 'The record fails with journal_queue_full; audit.recordFailure decides',
    metric: 'holdfast_journal_queue_length',
  },
  'audit.journal.recordBytesMax': {
    default: 256 * KIB,
    minimum: 64 * KIB,
    maximum: MIB,
    unit: 'bytes',
    reason: 'A record says what changed in hundreds of lines at most; group lists can be long',
    overflow: 'Changed paths, texts and group lists are cut and the record is marked truncated',
    metric: 'holdfast_records_truncated_total',
  },
} as const satisfies Readonly<Record<string, Limit>>;
