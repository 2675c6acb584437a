/** The settings that all alert targets share: name, trust and rate limit. */
import { HOUR, MINUTE, SECOND, limit, type LimitRows } from '../../settings/limit.ts';
import { targetTlsSchema } from '../../settings/target-schemas.ts';
import { nameSchema } from '../../settings/value-schemas.ts';

/** Rows of the table of limits. */
export const TARGET_LIMITS = {
  'alerts.targets.triggersPerMinuteMax': {
    default: 60,
    minimum: 4,
    maximum: 6000,
    unit: 'items',
    reason: 'Nobody reads more than one per second, and the service starts to reject',
    overflow:
      'New incidents are counted in one summary incident; a quarter is reserved for critical ones',
    metric: 'holdfast_incidents_total',
  },
  'alerts.targets.changesPerMinuteMax': {
    default: 30,
    minimum: 1,
    maximum: 6000,
    unit: 'items',
    reason: 'Change events notify nobody, and share the routing key with incidents',
    overflow: 'Further ones are dropped, and counted',
    metric: 'holdfast_alert_events_total',
  },
  'alerts.targets.outboxMax': {
    default: 5000,
    minimum: 100,
    maximum: 100_000,
    unit: 'items',
    reason: 'Each incident queues one trigger and one resolve, a few kilobytes each',
    overflow: 'Change events, then the oldest messages are dropped, logged and counted',
    metric: 'holdfast_alert_outbox_entries',
  },
  'alerts.targets.timeoutMs': {
    default: 10 * SECOND,
    minimum: 100,
    maximum: 2 * MINUTE,
    unit: 'milliseconds',
    reason: 'The service answers in fractions of a second; a slow proxy may need more',
    overflow: 'The message is tried again',
    metric: 'holdfast_alert_events_total',
  },
  'alerts.targets.backoffMs': {
    default: MINUTE,
    minimum: SECOND,
    maximum: HOUR,
    unit: 'milliseconds',
    reason: 'PagerDuty asks for minutes after 429 and 5xx; doubled each time, with jitter',
    overflow: 'The message is tried again',
    metric: 'holdfast_alert_events_total',
  },
  'alerts.targets.backoffMaxMs': {
    default: 5 * MINUTE,
    minimum: SECOND,
    maximum: HOUR,
    unit: 'milliseconds',
    reason: 'A service that is back gets what it missed within minutes',
    overflow: 'Waits grow no further',
    metric: 'holdfast_alert_outbox_entries',
  },
} as const satisfies LimitRows;

/** The keys that all types share. */
export const targetShape = {
  name: nameSchema.describe('The name in metrics and rules. Waiting messages are stored under it.'),
  tls: targetTlsSchema.prefault({}).describe('How the connection is secured.'),
  triggersPerMinuteMax: limit(TARGET_LIMITS['alerts.targets.triggersPerMinuteMax']),
  changesPerMinuteMax: limit(TARGET_LIMITS['alerts.targets.changesPerMinuteMax']),
  outboxMax: limit(TARGET_LIMITS['alerts.targets.outboxMax']),
  timeoutMs: limit(TARGET_LIMITS['alerts.targets.timeoutMs']),
  backoffMs: limit(TARGET_LIMITS['alerts.targets.backoffMs']),
  backoffMaxMs: limit(TARGET_LIMITS['alerts.targets.backoffMaxMs']),
};
