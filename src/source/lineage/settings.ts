/** The settings section `lineage`: which versions of an application are verified, and how often it may be rolled back. */
import { z } from 'zod';
import { DAY, fixedLimit, limit, MINUTE, SECOND, type LimitRows } from '../../settings/limit.ts';
import { nameSchema, section } from '../../settings/value-schemas.ts';
import { APPLICATION_KINDS } from '../commits/settings.ts';

/** What may mark a version as verified. */
export const VERIFICATIONS = ['health', 'statement'] as const;

/** Rows of the table of limits. */
export const LINEAGE_LIMITS = {
  'lineage.versionsMax': {
    default: 20,
    minimum: 2,
    maximum: 100,
    unit: 'items',
    reason: 'A rollback goes to one of the last versions',
    overflow: 'The oldest version is forgotten; it counts as a new one when it is deployed again',
    metric: 'holdfast_lineage_applications',
  },
  'lineage.healthyMs': {
    default: 10 * MINUTE,
    minimum: 0,
    maximum: DAY,
    unit: 'milliseconds',
    reason: 'A faulty version shows itself within minutes; 0 takes the first healthy status',
    overflow: 'The version is verified',
    metric: 'holdfast_lineage_versions_total',
  },
  'lineage.rollbacksMax': {
    default: 3,
    minimum: 1,
    maximum: 100,
    unit: 'items',
    reason: 'A person rolls back once; whatever does it again and again does not end by itself',
    overflow: 'The application is frozen, and an incident is opened',
    metric: 'holdfast_lineage_freezes_total',
  },
  'lineage.rollbackWindowMs': {
    default: 5 * MINUTE,
    minimum: SECOND,
    maximum: DAY,
    unit: 'milliseconds',
    reason: 'Rollbacks that have one cause follow each other as fast as the controller syncs',
    overflow: 'Earlier rollbacks are not counted',
    metric: 'holdfast_lineage_freezes_total',
  },
  'lineage.freezeMs': {
    default: 30 * MINUTE,
    minimum: MINUTE,
    maximum: DAY,
    unit: 'milliseconds',
    reason: 'Long enough for somebody to come and look, and no longer if nobody does',
    overflow: 'The application may be changed again',
    metric: 'holdfast_lineage_freezes_total',
  },
  'lineage.applicationsMax': fixedLimit(10_000, {
    unit: 'items',
    reason: 'Applications of a large installation; each takes some 4 KiB',
    overflow: 'The lineage of the application that changed longest ago is forgotten',
    metric: 'holdfast_lineage_applications',
  }),
  'lineage.readEntriesMax': fixedLimit(100_000, {
    unit: 'items',
    reason:
      'Ten entries of each of ten thousand applications; they are read in a second or two at the start',
    overflow: 'Older records are not read',
  }),
  'lineage.statementsMax': fixedLimit(1000, {
    unit: 'items',
    reason: 'Statements of pipelines in the namespace for them; each costs a signature check',
    overflow: 'Further ConfigMaps are not read, and the log says so',
  }),
  'lineage.statementBytesMax': fixedLimit(8192, {
    unit: 'bytes',
    reason: 'A statement has some 500 bytes',
    overflow: 'The statement is not read',
  }),
  'lineage.statementAgeMsMax': fixedLimit(30 * DAY, {
    unit: 'milliseconds',
    reason: 'What is true of a version stays true; a stolen old statement must not last for ever',
    overflow: 'The statement does not count any more; what it has verified stays verified',
  }),
  'lineage.recheckMs': fixedLimit(10 * SECOND, {
    unit: 'milliseconds',
    reason: 'An API server that restarts is back by then',
    overflow: 'The health of a version is read again',
  }),
} as const satisfies LimitRows;

const NAME = String.raw`(?:[a-z0-9.-]+\*?[a-z0-9.-]*|\*[a-z0-9.-]*)`;

const verifierSchema = section({
  name: nameSchema.describe('The name of the pipeline in records.'),
  key: z
    .string()
    .min(1)
    .max(8192)
    .describe('Its public key, Ed25519 or P-256: JSON (RFC 7517) or PEM. Not a file.'),
  kind: z.enum(APPLICATION_KINDS).default('Application').describe('The kind of its applications.'),
  applications: z
    .array(
      z
        .string()
        .max(506)
        .regex(
          new RegExp(`^${NAME}/${NAME}$`, 'u'),
          'Expected NAMESPACE/NAME in lower case, each with at most one "*", as in "argocd/shop-*"',
        ),
    )
    .min(1)
    .max(100)
    .readonly()
    .describe('The applications whose versions it may verify, as `argocd/shop-*`.'),
});

/** Which versions of an application are verified, and how often it may be rolled back. */
export const lineageSchema = section({
  verifiedBy: z
    .array(z.enum(VERIFICATIONS))
    .min(1)
    .max(VERIFICATIONS.length)
    .readonly()
    .default(['health'])
    .describe(
      'What marks a version as verified; any of them is enough. `health`: that it was applied as a whole, and Argo CD or Flux has called it healthy for `healthyMs`. `statement`: a statement that one of `verifiers` has signed.',
    ),
  healthyMs: limit(LINEAGE_LIMITS['lineage.healthyMs']),
  verifiers: z
    .array(verifierSchema)
    .max(100)
    .readonly()
    .prefault([])
    .describe('Pipelines whose signed statements mark versions as verified.'),
  statementsNamespace: z
    .string()
    .max(63)
    .regex(/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/u, 'Expected the name of a namespace')
    .optional()
    .describe(
      'The namespace in whose ConfigMaps pipelines put their statements. Absent: none are read.',
    ),
  versionsMax: limit(LINEAGE_LIMITS['lineage.versionsMax']),
  rollbacksMax: limit(LINEAGE_LIMITS['lineage.rollbacksMax']),
  rollbackWindowMs: limit(LINEAGE_LIMITS['lineage.rollbackWindowMs']),
  freezeMs: limit(LINEAGE_LIMITS['lineage.freezeMs']),
}).refine(({ verifiers }) => new Set(verifiers.map(({ name }) => name)).size === verifiers.length, {
  error: 'Expected each name once: it says in records who has verified a version',
  path: ['verifiers'],
});

export type LineageSettings = z.output<typeof lineageSchema>;

/** A pipeline that may verify versions. */
export type VerifierSettings = LineageSettings['verifiers'][number];
