/** The settings section `cluster`, and the limits of reviews and responses. */
import { z } from 'zod';
import { limit, type LimitRows } from '../settings/limit.ts';
import { nameSchema, section } from '../settings/value-schemas.ts';

/** Rows of the table of limits. */
export const ADMISSION_LIMITS = {
  'limits.jsonDepthMax': {
    default: 128,
    minimum: 32,
    maximum: 1000,
    unit: 'levels',
    reason: 'The deepest Kubernetes schema has about 30 levels; readers of the value may recurse',
    overflow: 'Denied with review_nested_too_deep',
    metric: 'holdfast_reviews_rejected_total',
  },
  'limits.messageCharsMax': {
    default: 2000,
    minimum: 200,
    maximum: 16_000,
    unit: 'characters',
    reason: 'A denial is read in a terminal and must be short',
    overflow: 'The text is truncated; the decision id is kept',
    metric: 'none',
  },
} as const satisfies LimitRows;

/** Which cluster this is. */
export const clusterSchema = section({
  name: nameSchema
    .default('unnamed')
    .describe('The name of the cluster, shown in every denial and record.'),
  frozen: z
    .boolean()
    .default(false)
    .describe('Policies can read it and refuse every change while it is true.'),
});

/** Keys of the section `limits`. */
export const admissionLimitsShape = {
  jsonDepthMax: limit(ADMISSION_LIMITS['limits.jsonDepthMax']),
  messageCharsMax: limit(ADMISSION_LIMITS['limits.messageCharsMax']),
};
