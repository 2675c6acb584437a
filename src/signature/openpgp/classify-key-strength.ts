/** Which keys are strong enough, by algorithm and size. */
import type { RejectionCode } from '../verification.ts';
import type { KeyAlgorithm } from './openpgp-library.ts';

/** Why a key does not count, whatever it has signed. */
export interface KeyWeakness {
  readonly code: Extract<RejectionCode, 'weak_key' | 'unsupported_key'>;
  /** For a sentence: `… has ` and this. */
  readonly found: string;
}

/** The algorithm IDs of RFC 9580 section 9.1. */
const RSA: ReadonlySet<number> = new Set([1, 3]);
const DSA = 17;
const ECDSA = 19;
const EDDSA_LEGACY = 22;
const ED25519 = 27;
const ED448 = 28;

/** 112 bits of security (NIST SP 800-57); one bit less, as gpg made such keys of "2048 bits". */
const RSA_BITS_MIN = 2047;
/** A verification takes milliseconds; beyond, one commit could keep a core busy. */
const RSA_BITS_MAX = 16_384;

/** In the library's names. secp256k1 is left out: no Git client makes such keys, and the library turns it off. */
const CURVES: ReadonlySet<string> = new Set([
  'nistP256',
  'nistP384',
  'nistP521',
  'brainpoolP256r1',
  'brainpoolP384r1',
  'brainpoolP512r1',
]);

/** Undefined: the key is strong enough. */
export function classifyKeyStrength({
  id,
  name,
  bits = 0,
  curve = 'unknown',
}: KeyAlgorithm): KeyWeakness | undefined {
  if (RSA.has(id)) {
    if (bits < RSA_BITS_MIN) return weak(`RSA with ${bits} bits, at least 2048 are needed`);
    if (bits > RSA_BITS_MAX) {
      return unsupported(`RSA with ${bits} bits, at most ${RSA_BITS_MAX} are accepted`);
    }
    return undefined;
  }
  switch (id) {
    case DSA:
      return weak('DSA, which is no longer approved (FIPS 186-5)');
    case ECDSA:
      return CURVES.has(curve)
        ? undefined
        : unsupported(`the curve ${curve}, which is not accepted`);
    case EDDSA_LEGACY:
    case ED25519:
    case ED448:
      return undefined;
    default:
      return unsupported(`the algorithm ${name}, which cannot sign or is not accepted`);
  }
}

function weak(found: string): KeyWeakness {
  return { code: 'weak_key', found };
}

function unsupported(found: string): KeyWeakness {
  return { code: 'unsupported_key', found };
}
