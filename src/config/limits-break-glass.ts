/** Limits of break-glass grants. */
import { HOUR, MINUTE, SECOND, type LimitRows } from '../settings/limit.ts';

const METRIC = 'holdfast_grants_total';

/** Rows of the table of limits. */
export const BREAK_GLASS_LIMITS = {
  'breakGlass.limits.lifetimeMaxMs': {
    default: HOUR,
    minimum: MINUTE,
    maximum: 24 * HOUR,
    unit: 'milliseconds',
    reason: 'Long enough to mend what is broken, short enough that nobody works with it',
    overflow: 'A grant that is good for longer does not count',
    metric: METRIC,
  },
  'breakGlass.limits.clockSkewMs': {
    default: 30 * SECOND,
    minimum: 0,
    maximum: 5 * MINUTE,
    unit: 'milliseconds',
    reason: 'The clock of the laptop that signs may be ahead of ours; counts at the beginning only',
    overflow: 'A grant that has not begun does not count',
    metric: METRIC,
  },
  'breakGlass.limits.usesMax': {
    default: 50,
    minimum: 1,
    maximum: 1000,
    unit: 'items',
    reason: 'One command may be many writes; a night has few commands',
    overflow: 'A grant for more uses does not count',
    metric: METRIC,
  },
  'breakGlass.limits.candidatesMax': {
    default: 100,
    minimum: 1,
    maximum: 500,
    unit: 'items',
    reason: 'Each costs its signatures to verify, once an hour',
    overflow: 'The rest is not looked at',
    metric: METRIC,
  },
  'breakGlass.limits.tokenCharsMax': {
    default: 16_384,
    minimum: 1024,
    maximum: 131_072,
    unit: 'characters',
    reason: 'A grant with its approvals is a few thousand characters',
    overflow: 'The grant is not looked at',
    metric: METRIC,
  },
  'breakGlass.limits.listCacheMs': {
    default: 2 * SECOND,
    minimum: 0,
    maximum: MINUTE,
    unit: 'milliseconds',
    reason: 'A retry loop of refusals must not become one of lists',
    overflow: 'The grants are listed again',
    metric: METRIC,
  },
} as const satisfies LimitRows;
