/** The settings section `breakGlass`: the approvers, and the limits of every grant. */
import { z } from 'zod';
import { calendarShape, hasDaysInOrder } from '../../settings/calendar.ts';
import {
  DAY,
  HOUR,
  KIB,
  MINUTE,
  SECOND,
  fixedLimit,
  limit,
  type LimitRows,
} from '../../settings/limit.ts';
import {
  nameSchema,
  namespaceSchema,
  section,
  usernameSchema,
} from '../../settings/value-schemas.ts';

const METRIC = 'holdfast_grants_total';
/** The verbs of a grant: the operations of an admission review. */
export const GRANT_VERBS = ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'] as const;

/** Rows of the table of limits. */
export const BREAK_GLASS_LIMITS = {
  'breakGlass.limits.lifetimeMaxMs': {
    default: HOUR,
    minimum: MINUTE,
    maximum: 24 * HOUR,
    unit: 'milliseconds',
    reason: 'Long enough for an emergency fix, too short for routine work',
    overflow: 'A grant with a longer lifetime is not accepted',
    metric: METRIC,
  },
  'breakGlass.limits.clockSkewMs': {
    default: 30 * SECOND,
    minimum: 0,
    maximum: 5 * MINUTE,
    unit: 'milliseconds',
    reason: 'The signer’s clock may be ahead of ours; applies to the start time only',
    overflow: 'A grant that is not valid yet is not accepted',
    metric: METRIC,
  },
  'breakGlass.limits.usesMax': {
    default: 50,
    minimum: 1,
    maximum: 1000,
    unit: 'items',
    reason: 'One command may be many writes; a night has few commands',
    overflow: 'A grant for more uses is not accepted',
    metric: METRIC,
  },
  'breakGlass.objectsMax': fixedLimit(5000, {
    unit: 'items',
    reason: 'Grants are few; ten pages of a list are read within a request',
    overflow: 'No grant counts: the revocation of one could be among those that were not read',
    metric: METRIC,
  }),
  'breakGlass.limits.returnAfterMs': {
    default: 90 * SECOND,
    minimum: SECOND,
    maximum: 10 * MINUTE,
    unit: 'milliseconds',
    reason:
      'The API server ends a request after 60 s by default (--request-timeout): what it has not written by then it never writes',
    overflow: 'The use of a write that was not made is given back when the next one is asked for',
    metric: METRIC,
  },
  'breakGlass.returnReadsMax': fixedLimit(20, {
    unit: 'items',
    reason: 'Each is a read of the object within one request',
    overflow: 'The others are looked at when the request is sent again',
    metric: METRIC,
  }),
  'breakGlass.settleMs': fixedLimit(SECOND, {
    unit: 'milliseconds',
    reason: 'A read takes milliseconds; a review has a few seconds',
    overflow: 'The use counts for now, and is looked at when the next one is asked for',
    metric: METRIC,
  }),
  'breakGlass.countCharsMax': fixedLimit(512 * KIB, {
    unit: 'characters',
    reason: 'A ConfigMap holds 1 MiB; a use takes 400 bytes',
    overflow:
      'Grants whose uses are all older than breakGlass.usesKeptMs are left out of the count',
    metric: METRIC,
  }),
  'breakGlass.usesKeptMs': fixedLimit(7 * DAY, {
    unit: 'milliseconds',
    reason: 'A grant ends within 24 h of each of its uses; clocks may be wrong by days',
    overflow: 'Its uses are left out of a count that has grown; the journal keeps them',
    metric: METRIC,
  }),
  'breakGlass.attemptsPerUse': fixedLimit(5, {
    unit: 'items',
    reason:
      'A person gives up or asks for help; who makes writes fail on purpose must not try for ever',
    overflow: 'The grant is used up, whatever was given back',
    metric: METRIC,
  }),
  'breakGlass.limits.candidatesMax': {
    default: 100,
    minimum: 1,
    maximum: 500,
    unit: 'items',
    reason:
      'Each costs its signatures to verify, once an hour; those for other people are not counted',
    overflow: 'The rest is looked at when the request is sent again; the denial says so',
    metric: METRIC,
  },
  'breakGlass.limits.tokenCharsMax': {
    default: 16_384,
    minimum: 1024,
    maximum: 131_072,
    unit: 'characters',
    reason: 'A grant with its approvals is a few thousand characters',
    overflow: 'The grant is ignored',
    metric: METRIC,
  },
  'breakGlass.limits.listCacheMs': {
    default: 2 * SECOND,
    minimum: 0,
    maximum: MINUTE,
    unit: 'milliseconds',
    reason: 'A retry loop of denials must not become a loop of list requests',
    overflow: 'The grants are listed again',
    metric: METRIC,
  },
} as const satisfies LimitRows;

const approverSchema = section({
  name: nameSchema.describe('The name of the approver in records.'),
  key: z
    .string()
    .min(1)
    .max(4096)
    .describe(
      'The public key of the approver, as JSON web key (RFC 7517) or PEM: Ed25519 or P-256. The private key stays outside the cluster.',
    ),
  username: usernameSchema
    .optional()
    .describe(
      'The username of the approver in the cluster. An approval of a grant to oneself does not count.',
    ),
});

/** Changes that need no approval at these hours: the configuration, which lies in Git, is the approval. */
const scheduleSchema = section({
  name: nameSchema.describe('The name of the schedule in records and messages.'),
  reason: z
    .string()
    .min(1)
    .max(1000)
    .describe('Why nobody has to approve it then; it stands in every record of a use.'),
  subjects: z
    .array(usernameSchema)
    .min(1)
    .max(100)
    .readonly()
    .describe('The exact usernames that it is for.'),
  ...calendarShape,
  namespaces: z
    .array(
      z
        .string()
        .regex(
          /^(?:\*|[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)?$/u,
          'Expected the name of a namespace, "*" or ""',
        ),
    )
    .min(1)
    .max(100)
    .readonly()
    .describe('In which namespaces; `"*"` for every one, `""` for what is in none.'),
  resources: z
    .array(
      z
        .string()
        .max(253)
        .regex(
          /^(?:\*|[a-z0-9][a-z0-9.-]*(?:\/[a-z0-9]+)?)$/u,
          'Expected deployments.apps, deployments.apps/scale or "*"',
        ),
    )
    .min(1)
    .max(100)
    .readonly()
    .describe('Which resources, with their group, as `deployments.apps/scale`.'),
  objects: z
    .array(z.string().min(1).max(253))
    .min(1)
    .max(100)
    .readonly()
    .default(['*'])
    .describe('The names of the objects; `"*"` for every one.'),
  verbs: z
    .array(z.enum(GRANT_VERBS))
    .min(1)
    .max(GRANT_VERBS.length)
    .readonly()
    .default(['UPDATE'])
    .describe('What may be done.'),
  uses: z
    .int()
    .min(1)
    .max(1000)
    .default(10)
    .describe('How many writes each person may make on each day on which it begins.'),
}).refine(hasDaysInOrder, {
  error: 'Expected a day that is not before "firstDate"',
  path: ['lastDate'],
});

/** Without approvers there are no grants, but those of schedules. */
export const breakGlassSchema = section({
  approvers: z
    .array(approverSchema)
    .max(100)
    .readonly()
    .prefault([])
    .describe('Who may approve grants. Without approvers nobody can be granted anything.'),
  approvalsRequired: z
    .int()
    .min(1)
    .max(16)
    .default(1)
    .describe('How many different approvers must sign a grant.'),
  namespace: namespaceSchema
    .default('holdfast-system')
    .describe(
      'The namespace of `BreakGlassGrant` objects and of the count of their uses: the one that Holdfast runs in.',
    ),
  schedules: z
    .array(scheduleSchema)
    .max(50)
    .readonly()
    .prefault([])
    .describe(
      'Changes that need no approval at certain hours, each with its people, its scope and its uses.',
    ),
  revoked: z
    .array(z.string().min(1).max(64))
    .max(10_000)
    .readonly()
    .prefault([])
    .describe(
      'The ids of revoked grants. A revocation in the cluster can be undone there; this list cannot.',
    ),
  limits: section({
    /** The maximum lifetime of a grant, even if it specifies a longer one. */
    lifetimeMaxMs: limit(BREAK_GLASS_LIMITS['breakGlass.limits.lifetimeMaxMs']),
    /** The tolerated clock skew between signer and cluster. */
    clockSkewMs: limit(BREAK_GLASS_LIMITS['breakGlass.limits.clockSkewMs']),
    usesMax: limit(BREAK_GLASS_LIMITS['breakGlass.limits.usesMax']),
    /** More new grants of one person than this are not verified for one request. */
    candidatesMax: limit(BREAK_GLASS_LIMITS['breakGlass.limits.candidatesMax']),
    returnAfterMs: limit(BREAK_GLASS_LIMITS['breakGlass.limits.returnAfterMs']),
    tokenCharsMax: limit(BREAK_GLASS_LIMITS['breakGlass.limits.tokenCharsMax']),
    listCacheMs: limit(BREAK_GLASS_LIMITS['breakGlass.limits.listCacheMs']),
  })
    .prefault({})
    .describe('How much any grant may allow.'),
}).superRefine(({ approvers, approvalsRequired, schedules }, context) => {
  const names = new Set(approvers.map(({ name }) => name));
  if (names.size !== approvers.length) {
    context.addIssue({
      code: 'custom',
      path: ['approvers'],
      message: 'Expected each name once: two keys of one person are one approval',
    });
  }
  if (new Set(schedules.map(({ name }) => name)).size !== schedules.length) {
    const message = 'Expected each name once: uses are counted by it';
    context.addIssue({ code: 'custom', path: ['schedules'], message });
  }
  if (approvers.length > 0 && approvalsRequired > names.size) {
    context.addIssue({
      code: 'custom',
      path: ['approvalsRequired'],
      message: `Expected at most ${names.size}, the number of approvers, found ${approvalsRequired}`,
    });
  }
});

/** The limits of every grant, and of the search for one. */
export type GrantLimits = z.output<typeof breakGlassSchema>['limits'];

/** Hours in which some changes need no approval. */
export type GrantSchedule = z.output<typeof breakGlassSchema>['schedules'][number];
