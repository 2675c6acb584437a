/** The limits of a policy bundle: whoever can write it must not be able to fill the memory of the process that reads it. */
import { fixedLimit, KIB, MIB, type LimitRows } from '../../settings/limit.ts';

const METRIC = 'holdfast_policy_bundle_loads_total';

/** Rows of the table of limits. */
export const BUNDLE_LIMITS = {
  'bundle.archiveBytesMax': fixedLimit(16 * MIB, {
    unit: 'bytes',
    reason: 'The archive of a thousand policies has less than 2 MiB',
    overflow: 'The bundle is refused; the last good one stays',
    metric: METRIC,
  }),
  'bundle.unpackedBytesMax': fixedLimit(64 * MIB, {
    unit: 'bytes',
    reason: 'Zeros are packed a thousandfold: the packed size bounds nothing',
    overflow: 'The bundle is refused; the last good one stays',
    metric: METRIC,
  }),
  'bundle.filesMax': fixedLimit(5000, {
    unit: 'items',
    reason: 'A policy has two, and a thousand policies are many',
    overflow: 'The bundle is refused; the last good one stays',
    metric: METRIC,
  }),
  'bundle.nameBytesMax': fixedLimit(255, {
    unit: 'bytes',
    reason: 'What a header of an archive has room for',
    overflow: 'The bundle is refused; the last good one stays',
    metric: METRIC,
  }),
  'bundle.documentBytesMax': fixedLimit(8 * MIB, {
    unit: 'bytes',
    reason: 'Of a manifest or of the data, which are parsed at once on the thread that admits',
    overflow: 'The bundle is refused; the last good one stays',
    metric: METRIC,
  }),
  'bundle.documentDepthMax': fixedLimit(64, {
    unit: 'levels',
    reason: 'Readers of a document recurse; manifests have ten levels',
    overflow: 'The bundle is refused; the last good one stays',
    metric: METRIC,
  }),
  'bundle.signaturesBytesMax': fixedLimit(2 * MIB, {
    unit: 'bytes',
    reason: 'A line of 200 bytes for each file, encoded twice',
    overflow: 'The bundle is refused; the last good one stays',
    metric: METRIC,
  }),
  'bundle.keyFileBytesMax': fixedLimit(64 * KIB, {
    unit: 'bytes',
    reason: 'A public key has less than 4 KiB',
    overflow: 'The configuration is refused',
  }),
} as const satisfies LimitRows;
