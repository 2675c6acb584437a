/** Limits of what is looked for in objects. */
import { fixedLimit, type LimitRows } from '../settings/limit.ts';

/** Rows of the table of limits. */
export const IMAGE_LIMITS = {
  'image.imagesMax': fixedLimit(256, {
    unit: 'items',
    reason: 'Images of one object: a Pod has some containers, each with an image to verify',
    overflow: 'The rest counts as one image that cannot be read',
  }),
} as const satisfies LimitRows;
