/** Limits of what is looked for in objects. */
import { fixedLimit, MINUTE, SECOND, type LimitRows } from '../settings/limit.ts';

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
  'image.list.podsMax': fixedLimit(100_000, {
    unit: 'items',
    reason: 'Pods that are listed; Kubernetes is tested with 150,000 in a cluster',
    overflow: 'The listing is refused: one namespace can be listed',
  }),
  'image.list.pagePods': fixedLimit(100, {
    unit: 'items',
    reason: 'Pods of a page: each has 10 to 20 KB, and an answer of at most 8 MiB is read',
    overflow: 'Another page is asked for',
  }),
  'image.list.readTimeoutMs': fixedLimit(30 * SECOND, {
    unit: 'milliseconds',
    reason: 'The API server reads a page of Pods within a second',
    overflow: 'The listing is unavailable',
  }),
  'image.list.imagesMax': fixedLimit(10_000, {
    unit: 'items',
    reason: 'Different images of the listing; a large cluster runs some thousand',
    overflow: 'The listing is refused: one namespace can be listed',
  }),
  'image.list.concurrentMax': fixedLimit(8, {
    unit: 'items',
    reason: 'Images that are verified at once; each registry has its own limit of requests besides',
    overflow: 'The others wait for their turn',
  }),
  'image.list.scopesMax': fixedLimit(4, {
    unit: 'items',
    reason: 'Pods with different pull secrets whose credentials are tried for one image',
    overflow: 'The image is refused by its registry as for the last one',
  }),
  'image.list.totalTimeoutMs': fixedLimit(10 * MINUTE, {
    unit: 'milliseconds',
    reason: 'A person or a nightly job waits; a thousand images take some minutes',
    overflow: 'Images that were not verified by then are unavailable',
  }),
} as const satisfies LimitRows;
