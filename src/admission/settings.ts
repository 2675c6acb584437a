/** The settings section `cluster`, and the limits of reviews and responses. */
import { z } from 'zod';
import { KIB, fixedLimit, limit, type LimitRows } from '../settings/limit.ts';
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
  'limits.jsonValuesMax': {
    default: 1_500_000,
    minimum: 100_000,
    maximum: 50_000_000,
    unit: 'items',
    reason:
      'Of a large review, counted before it is parsed: some hundred thousand in two real objects of 1.5 MiB, and up to 192 bytes of memory for each',
    overflow: 'Denied with review_values_exceeded',
    metric: 'holdfast_reviews_rejected_total',
  },
  'limits.heavyReviewBytesMin': fixedLimit(256 * KIB, {
    unit: 'bytes',
    reason: 'Smaller ones are nearly all reviews, and are not weighed',
    overflow: 'The review takes a part of limits.heavyReviewsMemoryShare',
    metric: 'holdfast_heavy_reviews_bytes',
  }),
  'limits.heavyReviewsMemoryShare': fixedLimit(30, {
    unit: 'percent',
    reason:
      'Of the memory of the container, of 512 MiB without a limit: what the idle process, its policies and the bodies leave',
    overflow: 'The review waits until its deadline, and is denied with review_memory_exceeded',
    metric: 'holdfast_reviews_rejected_total',
  }),
  'limits.heavyReviewsWaitingMax': fixedLimit(64, {
    unit: 'items',
    reason: 'More are not judged before their deadline',
    overflow: 'Denied with review_memory_exceeded',
    metric: 'holdfast_reviews_rejected_total',
  }),
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
  jsonValuesMax: limit(ADMISSION_LIMITS['limits.jsonValuesMax']),
  messageCharsMax: limit(ADMISSION_LIMITS['limits.messageCharsMax']),
};
