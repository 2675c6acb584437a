/** Limits of what is looked for in objects. */
import { fixedLimit, type LimitRows } from '../settings/limit.ts';

/** Rows of the table of limits. */
export const IMAGE_LIMITS = {
  'image.imagesMax': fixedLimit(256, {
    unit: 'items',
    reason: 'Images of one object: a Pod has some containers, each with an image to verify',
    overflow: 'The rest counts as one image that cannot be read',
  }),
  'image.customResourcesMax': fixedLimit(256, {
    unit: 'items',
    reason: 'Custom resources with images; a large platform has some dozens',
    overflow: 'The configuration is refused',
  }),
  'image.customPathsMax': fixedLimit(64, {
    unit: 'items',
    reason: 'Places of images in one custom resource; each is followed for each object',
    overflow: 'The configuration is refused',
  }),
} as const satisfies LimitRows;
