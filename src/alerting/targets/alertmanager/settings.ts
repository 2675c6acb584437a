/** Settings of alert targets of the type `alertmanager`. */
import { z } from 'zod';
import { HOUR, MINUTE, SECOND, limit, type LimitRows } from '../../../settings/limit.ts';
import { secretReferenceSchema } from '../../../settings/secret-reference.ts';
import { httpTargetSchema } from '../../../settings/target-schemas.ts';
import { section } from '../../../settings/value-schemas.ts';
import { targetShape } from '../settings.ts';

/** Rows of the table of limits. */
export const ALERTMANAGER_LIMITS = {
  'alerts.targets.repeatMs': {
    default: MINUTE,
    minimum: SECOND,
    maximum: HOUR,
    unit: 'milliseconds',
    reason: 'Alertmanager ends an alert that is not repeated; it gets four repetitions before that',
    overflow: 'The alert is sent again',
    metric: 'holdfast_alert_events_total',
  },
} as const satisfies LimitRows;

/** The API v2 of Prometheus Alertmanager. */
export const alertmanagerTargetSchema = section({
  type: z.literal('alertmanager').describe('The type of the target.'),
  ...targetShape,
  url: httpTargetSchema.describe('The base address, without `/api/v2/alerts`.'),
  bearerToken: secretReferenceSchema.optional().describe('Sent in the header Authorization.'),
  labels: z
    .record(
      z
        .string()
        .regex(
          /^(?!(?:alertname|cluster|namespace|severity|class|rule|incident)$|__)[A-Za-z_][A-Za-z0-9_]{0,62}$/u,
          'Expected the name of a label that alerts do not have already',
        ),
      z.string().min(1).max(128),
    )
    .refine((labels) => Object.keys(labels).length <= 8, { error: 'Expected at most 8 labels' })
    .readonly()
    .default({})
    .describe('Labels that are added to every alert.'),
  repeatMs: limit(ALERTMANAGER_LIMITS['alerts.targets.repeatMs']),
});

export type AlertmanagerSettings = z.output<typeof alertmanagerTargetSchema>;
