/** Settings of alert targets of the type `pagerduty`. */
import { z } from 'zod';
import { secretReferenceSchema } from '../../../settings/secret-reference.ts';
import { httpTargetSchema } from '../../../settings/target-schemas.ts';
import { section } from '../../../settings/value-schemas.ts';
import { targetShape } from '../settings.ts';

/** PagerDuty's Events API v2. */
export const pagerdutyTargetSchema = section({
  type: z.literal('pagerduty').describe('The type of the target.'),
  ...targetShape,
  routingKey: secretReferenceSchema.describe('The integration key, 32 characters.'),
  region: z
    .enum(['us', 'eu'])
    .default('us')
    .describe('The service region of the PagerDuty account.'),
  endpoint: httpTargetSchema
    .optional()
    .describe(
      'An address instead of the one of the region, such as a proxy, without `/v2/enqueue`.',
    ),
  client: z
    .string()
    .min(1)
    .max(100)
    .default('Holdfast')
    .describe('The name of the monitoring client in the incident.'),
  clientUrl: z
    .string()
    .max(2000)
    .regex(/^https:\/\/\S+$/u, 'Expected an https address')
    .optional()
    .describe('The address behind that name.'),
  changeEvents: z
    .boolean()
    .default(true)
    .describe(
      'Whether new commits of applications and uses of grants are sent as change events. Change events page nobody.',
    ),
});

export type PagerdutySettings = z.output<typeof pagerdutyTargetSchema>;
