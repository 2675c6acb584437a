/** The settings section `drift.heal`: which drift Holdfast has its writer put right, and how often it asks. */
import { z } from 'zod';
import { fixedLimit, HOUR, limit, MINUTE, SECOND, type LimitRows } from '../../settings/limit.ts';
import { namespacePatternSchema, section } from '../../settings/value-schemas.ts';

/** Rows of the table of limits. */
export const HEALING_LIMITS = {
  'drift.heal.waitMs': {
    default: 2 * SECOND,
    minimum: 0,
    maximum: 10 * MINUTE,
    unit: 'milliseconds',
    reason: 'A controller that reverts drift by itself (selfHeal of Argo CD) has done so by then',
    overflow: 'Holdfast asks for it',
    metric: 'holdfast_drift_heals_total',
  },
  'drift.heal.retryMs': {
    default: 5 * SECOND,
    minimum: SECOND,
    maximum: 10 * MINUTE,
    unit: 'milliseconds',
    reason: 'A sync of a few objects takes a second or two; doubled after each time',
    overflow: 'It is asked again',
    metric: 'holdfast_drift_heals_total',
  },
  'drift.heal.deadlineMs': {
    default: MINUTE,
    minimum: 5 * SECOND,
    maximum: HOUR,
    unit: 'milliseconds',
    reason: 'Four attempts. What has not converged by then needs a person, not another attempt',
    overflow:
      'Holdfast gives up on this object until it is reverted, and says so: a critical incident',
    metric: 'holdfast_drift_heals_total',
  },
  'drift.heal.windowMs': {
    default: 10 * MINUTE,
    minimum: MINUTE,
    maximum: 24 * HOUR,
    unit: 'milliseconds',
    reason:
      'Whoever changes an object each time that it was put right must not keep a controller busy',
    overflow: 'What was asked longer ago is forgotten',
    metric: 'holdfast_drift_heals_total',
  },
  'drift.heal.attemptsMax': {
    default: 10,
    minimum: 1,
    maximum: 1000,
    unit: 'items',
    reason:
      'Of one application within drift.heal.windowMs; one attempt puts up to a hundred objects right',
    overflow: 'Holdfast gives up on what drifts further, and says so: a critical incident',
    metric: 'holdfast_drift_heals_total',
  },
  'drift.heal.objectsMax': fixedLimit(100, {
    unit: 'items',
    reason:
      'Named in one sync: an Application may have at most 1.5 MiB in etcd, and each name takes half a kilobyte',
    overflow: 'The others are named in the next one',
    metric: 'holdfast_drift_heals_total',
  }),
  'drift.heal.requestKeptMs': fixedLimit(10 * MINUTE, {
    unit: 'milliseconds',
    reason:
      'What somebody asked for by hand is taken up within seconds, or after a change of the leader',
    overflow: 'The request no longer counts',
  }),
  'drift.heal.requestsMax': fixedLimit(100, {
    unit: 'items',
    reason: 'Requests by hand within ten minutes; people ask for one finding at a time',
    overflow: 'The oldest no longer count',
  }),
  'drift.heal.removedMax': fixedLimit(50, {
    unit: 'items',
    reason:
      'Additions of one object that are taken off at once; more of them is no addition but another object',
    overflow: 'They are left, and Holdfast gives up on the object',
    metric: 'holdfast_drift_heals_total',
  }),
} as const satisfies LimitRows;

const APPLICATION_PATTERN = /^(?:[a-z0-9*][a-z0-9.*-]{0,252}\/)?[a-z0-9*][a-z0-9.*-]{0,252}$/u;
const APPLICATION_EXPECTED =
  'Expected the name of an application, its namespace and name with "/" between, or a beginning with "*", as in "team-a/*"';

/** Absent: nothing is healed. */
export const healSchema = section({
  applications: z
    .array(z.string().regex(APPLICATION_PATTERN, APPLICATION_EXPECTED))
    .min(1)
    .max(1000)
    .readonly()
    .describe(
      'Applications, Kustomizations and HelmReleases whose drift is healed: `checkout` in any namespace, `team-a/checkout`, `team-a/*` or `*`.',
    ),
  namespaces: z
    .array(z.union([z.literal(''), namespacePatternSchema]))
    .min(1)
    .max(1000)
    .readonly()
    .default(['', '*'])
    .describe('Namespaces whose objects are healed; the empty text is for cluster-scoped objects.'),
  additions: z
    .boolean()
    .default(false)
    .describe(
      'Also takes off what was added to an object and Git does not declare, which no sync does. Needs the verb patch on these resources.',
    ),
  waitMs: limit(HEALING_LIMITS['drift.heal.waitMs']),
  retryMs: limit(HEALING_LIMITS['drift.heal.retryMs']),
  deadlineMs: limit(HEALING_LIMITS['drift.heal.deadlineMs']),
  windowMs: limit(HEALING_LIMITS['drift.heal.windowMs']),
  attemptsMax: limit(HEALING_LIMITS['drift.heal.attemptsMax']),
});

export type HealSettings = z.output<typeof healSchema>;

/** The name of the service account that asks, in the namespace that Holdfast runs in. It can do nothing else. */
export const HEALER_ACCOUNT = 'holdfast-healer';
