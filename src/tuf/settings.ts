/** Limits of what is read from TUF repositories: a mirror can be slow, and it can lie. */
import { fixedLimit, MIB, MINUTE, SECOND, type LimitRows } from '../settings/limit.ts';

/** Rows of the table of limits. */
export const TUF_LIMITS = {
  'tuf.fileBytesMax': fixedLimit(4 * MIB, {
    unit: 'bytes',
    reason: 'One file of metadata, or the target; those of the public instance have some KiB each',
    overflow: 'The refresh fails, and what was read before stays in force',
    metric: 'holdfast_image_trusted_root_refreshes_total',
  }),
  'tuf.rootRotationsMax': fixedLimit(64, {
    unit: 'items',
    reason: 'Roots that follow each other in one refresh; the public instance had 16 in five years',
    overflow: 'The refresh goes on from the last of them; if that is expired, it fails',
    metric: 'holdfast_image_trusted_root_refreshes_total',
  }),
  'tuf.refreshTimeoutMs': fixedLimit(2 * MINUTE, {
    unit: 'milliseconds',
    reason: 'All requests of one refresh; nobody waits for it',
    overflow: 'The refresh fails, and what was read before stays in force',
    metric: 'holdfast_image_trusted_root_refreshes_total',
  }),
  'tuf.retryMs': fixedLimit(5 * SECOND, {
    unit: 'milliseconds',
    reason: 'The wait after the first refresh that fails; it doubles up to images.tufRefreshMs',
    overflow: 'The mirror is asked again',
    metric: 'holdfast_image_trusted_root_refreshes_total',
  }),
} as const satisfies LimitRows;
