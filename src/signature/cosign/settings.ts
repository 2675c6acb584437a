/** Limits of what lies beside an image and may be a signature. Whoever can push to the repository can put it there. */
import { fixedLimit, MIB, MINUTE, type LimitRows } from '../../settings/limit.ts';

/** Rows of the table of limits. */
export const COSIGN_LIMITS = {
  'signature.cosign.documentBytesMax': fixedLimit(4 * MIB, {
    unit: 'bytes',
    reason: 'A signature has 10 KiB; an attestation can hold the list of packages of an image',
    overflow: 'The candidate is rejected with limit_exceeded',
  }),
  'signature.cosign.depthMax': fixedLimit(100, {
    unit: 'levels',
    reason: 'Provenance nests about ten levels; a reader of the value may recurse',
    overflow: 'The candidate is rejected with malformed_signature',
  }),
  'signature.cosign.logEntriesMax': fixedLimit(8, {
    unit: 'items',
    reason: 'One entry is what cosign writes; each costs two signatures and a path of hashes',
    overflow: 'The candidate is rejected with malformed_signature',
  }),
  'signature.cosign.timestampsMax': fixedLimit(8, {
    unit: 'items',
    reason: 'One timestamp is what cosign writes; each costs a chain of certificates',
    overflow: 'The candidate is rejected with malformed_signature',
  }),
  'signature.cosign.proofHashesMax': fixedLimit(64, {
    unit: 'items',
    reason: 'A path in a tree of 2^64 entries',
    overflow: 'The candidate is rejected with malformed_signature',
  }),
  'signature.cosign.certificatesMax': fixedLimit(10, {
    unit: 'items',
    reason: 'A chain has three or four certificates',
    overflow: 'The candidate is rejected with malformed_signature',
  }),
  'signature.cosign.subjectsMax': fixedLimit(1024, {
    unit: 'items',
    reason: 'A build attests each of its artifacts in one statement',
    overflow: 'The candidate is rejected with malformed_signature',
  }),
  'signature.cosign.quotedCharsMax': fixedLimit(300, {
    unit: 'characters',
    reason:
      'A subject or a URL of a forge has some 150; nobody has signed what is quoted, and it can have 4 MiB',
    overflow: 'The reason of a refusal has the beginning of what it quotes, and an ellipsis',
  }),
  'signature.cosign.builderCharsMax': fixedLimit(2048, {
    unit: 'characters',
    reason: 'A builder is named by a URL, and browsers and proxies accept this much',
    overflow:
      'The provenance is rejected with malformed_attestation where its builder or source is asked for',
  }),
  'signature.cosign.clockSkewMs': fixedLimit(5 * MINUTE, {
    unit: 'milliseconds',
    reason: 'What the clock of a log may be ahead',
    overflow: 'The candidate is rejected with future_signature',
  }),
  'signature.cosign.keyBytesMax': fixedLimit(MIB / 16, {
    unit: 'bytes',
    reason: 'A public key has at most some KiB',
    overflow: 'The key is refused',
  }),
} as const satisfies LimitRows;
