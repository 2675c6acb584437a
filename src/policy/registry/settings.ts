/** The section `policies.registry`: a repository of a registry from which bundles come while the process runs. */
import { z } from 'zod';
import {
  DAY,
  fixedLimit,
  KIB,
  limit,
  MINUTE,
  SECOND,
  type LimitRows,
} from '../../settings/limit.ts';
import { pathSchema, section } from '../../settings/value-schemas.ts';

/** Rows of the table of limits. */
export const BUNDLE_REGISTRY_LIMITS = {
  'policies.registry.pollMs': {
    default: MINUTE,
    minimum: SECOND,
    maximum: DAY,
    unit: 'milliseconds',
    reason: 'An unchanged bundle costs the registry one manifest of a kilobyte, and a token',
    overflow: 'The registry is asked again, with up to a tenth more so that replicas spread',
    metric: 'holdfast_policy_bundle_checked_timestamp_seconds',
  },
  'policies.registry.timeoutMs': {
    default: MINUTE,
    minimum: SECOND,
    maximum: 5 * MINUTE,
    unit: 'milliseconds',
    reason: 'A token, a manifest and an archive, which a store elsewhere may give',
    overflow: 'The attempt has failed, and is made again later; the last good bundle stays',
    metric: 'holdfast_policy_bundle_fetches_total',
  },
  'bundle.artifactManifestBytesMax': fixedLimit(64 * KIB, {
    unit: 'bytes',
    reason: 'A manifest with one layer has less than 1 KiB; it is parsed on the thread that admits',
    overflow: 'The attempt has failed; the last good bundle stays',
    metric: 'holdfast_policy_bundle_fetches_total',
  }),
} as const satisfies LimitRows;

/** Where bundles come from. How registries are asked is a part of `images`. */
export const bundleRegistrySchema = section({
  reference: z
    .string()
    .min(1)
    .max(1024)
    .describe(
      'The artifact, as in the name of an image: a tag is followed, a digest (`@sha256:…`) stays what it is. Authorities, private addresses, `http`, mirrors and identities of clouds are those of `images.registries`.',
    ),
  dockerConfigFile: pathSchema
    .optional()
    .describe(
      'Credentials for it, as `docker login` writes them, that are used for no image. Absent: those of `images.registries`.',
    ),
  folder: pathSchema.describe(
    'Where the last good bundle is kept, for a start without the registry. On a volume, it survives a new pod, too.',
  ),
  pollMs: limit(BUNDLE_REGISTRY_LIMITS['policies.registry.pollMs']),
  timeoutMs: limit(BUNDLE_REGISTRY_LIMITS['policies.registry.timeoutMs']),
});

export type BundleRegistrySettings = z.output<typeof bundleRegistrySchema>;
