/** Settings of alert targets of the type `pagerduty`. */
import { z } from 'zod';
import { secretReferenceSchema } from '../../../settings/secret-reference.ts';
import { httpTargetSchema } from '../../../settings/target-schemas.ts';
import { section } from '../../../settings/value-schemas.ts';
import { targetShape } from '../settings.ts';

/** PagerDuty's Events API v2. */
export const pagerdutyTargetSchema = section({
  type: z.literal('pagerduty'),
  ...targetShape,
  /** The integration's key: 32 characters, by reference only. */
  routingKey: secretReferenceSchema,
  region: z.enum(['us', 'eu']).default('us'),
  /** Instead of the region's host, a proxy for example; without `/v2/enqueue`. */
  endpoint: httpTargetSchema.optional(),
  client: z.string().min(1).max(100).default('Holdfast'),
  clientUrl: z
    .string()
    .max(2000)
    .regex(/^https:\/\/\S+$/u, 'Expected an https address')
    .optional(),
  /** Deployments and break-glass use, for the timeline; they wake nobody. */
  changeEvents: z.boolean().default(true),
});

export type PagerdutySettings = z.output<typeof pagerdutyTargetSchema>;
