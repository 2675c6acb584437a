/** The section about what is kept of decisions, and where. */
import { z } from 'zod';
import { limit } from '../settings/limit.ts';
import { pathSchema, section } from '../settings/value-schemas.ts';
import { sinksSchema } from '../sinks/settings.ts';
import { AUDIT_LIMITS } from './limits-audit.ts';

const journalSchema = section({
  /** One folder for each replica: a second process on the same folder is refused. */
  folder: pathSchema.default('data/journal'),
  /** Whether answers that matter wait until their record is on disk. */
  durability: z.enum(['before-response', 'async']).default('before-response'),
  /** Ed25519 or P-256, as JSON or PEM; made in the folder where absent. */
  headKeyFile: pathSchema.optional(),
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
}).refine(({ segmentBytesMax, journalBytesMax }) => 2 * segmentBytesMax <= journalBytesMax, {
  error: 'Expected room for at least two segments: one is written while the other is kept',
  path: ['journalBytesMax'],
});

/** What is recorded beyond refusals, warnings, unavailable policies and grants, which always are. */
const recordSchema = section({
  /** Allowed writes to objects that Git manages. */
  managedWrites: z.boolean().default(true),
  /** Allowed requests that nobody objected to: none, writes (no CONNECT, no dry-run), or all of both routes. */
  routineAllows: z.enum(['none', 'writes', 'all']).default('none'),
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
    .prefault([]),
  /** The key of the hash (32 bytes or more); made in the journal's folder where absent. */
  keyFile: pathSchema.optional(),
});

/** What is kept of decisions. */
export const auditSchema = section({
  /** What happens to a change whose decision cannot be recorded; `deny`: no change without evidence. */
  recordFailure: z.enum(['deny', 'allow']).default('deny'),
  /** Absent: records are log lines and nothing else. */
  journal: journalSchema.optional(),
  record: recordSchema.prefault({}),
  hide: hideSchema.prefault({}),
  /** Where records go besides. */
  sinks: sinksSchema.prefault([]),
}).refine(({ journal, sinks }) => sinks.length === 0 || journal !== undefined, {
  error: 'Expected audit.journal beside sinks: they are served from it, so that none is lost',
  path: ['sinks'],
});
