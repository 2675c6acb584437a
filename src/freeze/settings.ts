/** The settings section `freeze`: when deployments stop, of what, and who may stop them by hand. */
import { z } from 'zod';
import { calendarShape, hasDaysInOrder } from '../settings/calendar.ts';
import { DAY, fixedLimit, HOUR, limit, type LimitRows } from '../settings/limit.ts';
import {
  nameSchema,
  namespacePatternSchema,
  section,
  usernameSchema,
} from '../settings/value-schemas.ts';
import { breakerSchema, prometheusSchema } from './breaker/settings.ts';
import { scopeShape } from './scope-shape.ts';

const METRIC = 'holdfast_freezes';

/** Rows of the table of limits. */
export const FREEZE_LIMITS = {
  'freeze.lifetimeMaxMs': {
    default: 14 * DAY,
    minimum: HOUR,
    maximum: 90 * DAY,
    unit: 'milliseconds',
    reason: 'A freeze that was forgotten must end; a window of the configuration may be longer',
    overflow: 'The freeze ends so long after it was made, whatever it says',
    metric: METRIC,
  },
  'freeze.objectsMax': fixedLimit(500, {
    unit: 'items',
    reason: 'Freezes are made by people; those that have ended are deleted now and then',
    overflow:
      'None of the objects counts; writes are warned of, or refused where the policy says so',
    metric: 'holdfast_freezes_readable',
  }),
  'freeze.toldMax': fixedLimit(8, {
    unit: 'items',
    reason: 'A refusal names those that end last',
    overflow: 'The others are not named; they end earlier',
  }),
  'freeze.reasonCharsMax': fixedLimit(500, {
    unit: 'characters',
    reason: 'It stands in every refusal',
    overflow: 'The object is not stored',
  }),
} as const satisfies LimitRows;

const REASON_CHARS_MAX = FREEZE_LIMITS['freeze.reasonCharsMax'].default;

const windowSchema = section({
  name: nameSchema.describe('The name of the window in refusals and lists.'),
  reason: z
    .string()
    .min(1)
    .max(REASON_CHARS_MAX)
    .describe('Why nothing is deployed then; it stands in every refusal.'),
  ...calendarShape,
  ...scopeShape,
}).refine(hasDaysInOrder, {
  error: 'Expected a day that is not before "firstDate"',
  path: ['lastDate'],
});

/** When deployments stop. */
export const freezeSchema = section({
  operators: z
    .array(usernameSchema)
    .max(100)
    .readonly()
    .prefault([])
    .describe(
      'Exact usernames that may begin and end a freeze with `holdfast freeze create` and `holdfast freeze end`. Without them `Freeze` objects are not read, and nobody can freeze by hand.',
    ),
  windows: z
    .array(windowSchema)
    .max(100)
    .refine(hasEachNameOnce, { error: 'Expected each name once' })
    .readonly()
    .prefault([])
    .describe('When nothing is deployed, by days and hours.'),
  exemptNamespaces: z
    .array(namespacePatternSchema)
    .max(100)
    .readonly()
    .default(['kube-node-lease', 'kube-public', 'kube-system'])
    .describe(
      'Namespaces in which nothing is ever frozen, besides those where GitOps and Holdfast are installed.',
    ),
  prometheus: prometheusSchema
    .optional()
    .describe('Whom circuit breakers ask. Needed where there are some.'),
  breakers: z
    .array(breakerSchema)
    .max(50)
    .refine(hasEachNameOnce, { error: 'Expected each name once' })
    .readonly()
    .prefault([])
    .describe('When deployments are halted by what Prometheus measures.'),
  /** A freeze by hand ends after this time, whatever it says. */
  lifetimeMaxMs: limit(FREEZE_LIMITS['freeze.lifetimeMaxMs']),
}).refine(({ breakers, prometheus }) => breakers.length === 0 || prometheus !== undefined, {
  error: 'Expected freeze.prometheus beside circuit breakers: it is asked by them',
  path: ['prometheus'],
});

export type FreezeSettings = z.output<typeof freezeSchema>;

/** A window of the configuration. */
export type FreezeWindow = FreezeSettings['windows'][number];

function hasEachNameOnce(windows: readonly { readonly name: string }[]): boolean {
  return new Set(windows.map(({ name }) => name)).size === windows.length;
}
