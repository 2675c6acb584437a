/** Limits of what is read and verified: signed objects, signatures, and files that say who is trusted. */
import { fixedLimit, KIB, MIB, type LimitRows } from '../settings/limit.ts';

/** Rows of the table of limits. */
export const SIGNATURE_LIMITS = {
  'signature.objectBytesMax': fixedLimit(MIB, {
    unit: 'bytes',
    reason: 'A commit or tag is headers and a message; the longest messages are some hundred KiB',
    overflow: 'The object is rejected with limit_exceeded',
  }),
  'signature.signatureBytesMax': fixedLimit(64 * KIB, {
    unit: 'bytes',
    reason: 'Ten times the longest signatures, which carry a chain of certificates',
    overflow: 'The signature is rejected with limit_exceeded',
  }),
  'signature.headersMax': fixedLimit(1000, {
    unit: 'items',
    reason: 'The largest merges have some dozen parents; each header costs some hundred bytes',
    overflow: 'The object is rejected with limit_exceeded',
  }),
  'signature.trailersMax': fixedLimit(1000, {
    unit: 'items',
    reason:
      'A forge lists every author of a squashed branch; policies compare each with each signer',
    overflow: 'The object is rejected with limit_exceeded',
  }),
  'signature.ssh.allowedSignersBytesMax': fixedLimit(MIB, {
    unit: 'bytes',
    reason: 'A ConfigMap holds at most 1 MiB: several thousand keys',
    overflow: 'The file is refused',
  }),
  'signature.ssh.revokedKeysBytesMax': fixedLimit(4 * MIB, {
    unit: 'bytes',
    reason: 'A hundred thousand revoked keys by fingerprint',
    overflow: 'The file is refused',
  }),
  'signature.ssh.revocationsMax': fixedLimit(100_000, {
    unit: 'items',
    reason:
      'An entry of a KRL can be four bytes and costs a hundred in memory; sections, ranges and bitmaps count as one entry each',
    overflow: 'The file is refused',
  }),
  'signature.ssh.patternCharsMax': fixedLimit(1024, {
    unit: 'characters',
    reason: 'The same limit as in OpenSSH; matching takes the product of both lengths at worst',
    overflow: 'The line of allowed_signers is refused',
  }),
  'signature.ssh.principalsMax': fixedLimit(256, {
    unit: 'items',
    reason: 'The same limit as in OpenSSH: each principal is compared with each line',
    overflow: 'The certificate is rejected with limit_exceeded',
  }),
  'signature.trustFileProblemsMax': fixedLimit(50, {
    unit: 'items',
    reason: 'More problems than this have one cause',
    overflow: 'The rest is counted',
  }),
} as const satisfies LimitRows;
