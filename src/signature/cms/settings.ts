/** Limits of CMS signatures: gitsign and X.509. */
import { BER_DEPTH_MAX } from '../../base/parse-ber.ts';
import { fixedLimit, KIB, MIB, MINUTE, type LimitRows } from '../../settings/limit.ts';

/** Rows of the table of limits. */
export const CMS_LIMITS = {
  'signature.cms.signatureBytesMax': fixedLimit(64 * KIB, {
    unit: 'bytes',
    reason:
      'A signature of gitsign has about 3 KiB; one with a chain and a timestamp stays below 16 KiB',
    overflow: 'The signature is rejected with limit_exceeded',
  }),
  'signature.cms.depthMax': fixedLimit(BER_DEPTH_MAX, {
    unit: 'levels',
    reason: 'A timestamp inside a signature nests about 25 levels; each costs stack',
    overflow: 'The signature is rejected with malformed_signature',
  }),
  'signature.cms.certificatesMax': fixedLimit(10, {
    unit: 'items',
    reason: 'A chain has three or four certificates',
    overflow: 'The signature is rejected with limit_exceeded',
  }),
  'signature.cms.clockSkewMs': fixedLimit(5 * MINUTE, {
    unit: 'milliseconds',
    reason: 'What the clock of a workstation may be ahead',
    overflow: 'The signature is rejected with future_signature',
  }),
  'signature.cms.trustedRootBytesMax': fixedLimit(MIB, {
    unit: 'bytes',
    reason: 'The public instance has 7 KiB',
    overflow: 'The trusted root is refused',
  }),
  'signature.cms.caBundleBytesMax': fixedLimit(MIB, {
    unit: 'bytes',
    reason: 'All public authorities together have about 220 KiB',
    overflow: 'The bundle is refused',
  }),
  'signature.cms.revocationListBytesMax': fixedLimit(4 * MIB, {
    unit: 'bytes',
    reason: 'About 100,000 revoked certificates; reading it takes ten times its size in memory',
    overflow: 'The list is refused',
  }),
} as const satisfies LimitRows;
