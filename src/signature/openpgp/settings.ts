/** Limits of OpenPGP. */
import { fixedLimit, KIB, MIB, MINUTE, type LimitRows } from '../../settings/limit.ts';

/** Rows of the table of limits. */
export const OPENPGP_LIMITS = {
  'signature.openpgp.signatureBytesMax': fixedLimit(64 * KIB, {
    unit: 'bytes',
    reason: 'A signature by RSA-4096 with its armor has about 900 bytes',
    overflow: 'The signature is rejected with limit_exceeded',
  }),
  'signature.openpgp.keyringBytesMax': fixedLimit(4 * MIB, {
    unit: 'bytes',
    reason: 'More than a thousand keys with their certifications; a ConfigMap holds 1 MiB',
    overflow: 'The keyring is refused',
  }),
  'signature.openpgp.selfSignaturesMax': fixedLimit(500, {
    unit: 'items',
    reason:
      'Each is verified when the keyring is read; a key that is renewed twice a year has fewer than 100',
    overflow: 'The key is refused',
  }),
  'signature.openpgp.clockSkewMs': fixedLimit(5 * MINUTE, {
    unit: 'milliseconds',
    reason: 'What the clock of a workstation may be ahead',
    overflow: 'The signature is rejected with future_signature',
  }),
} as const satisfies LimitRows;
