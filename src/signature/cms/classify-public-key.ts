/** Which public keys of certificates are strong enough. */
import type { KeyObject } from 'node:crypto';
import type { RejectionCode } from '../verification.ts';

/** Why a key does not count, whatever it has signed. */
export interface PublicKeyWeakness {
  readonly code: Extract<RejectionCode, 'weak_key' | 'unsupported_key'>;
  /** For a sentence: `… has ` and this. */
  readonly found: string;
}

/** 112 bits of security (NIST SP 800-57). */
const RSA_BITS_MIN = 2048;
/** In OpenSSL's names: P-256, P-384, P-521. */
const CURVES: ReadonlySet<string> = new Set(['prime256v1', 'secp384r1', 'secp521r1']);
const EDWARDS: ReadonlySet<string> = new Set(['ed25519', 'ed448']);
const RSA: ReadonlySet<string> = new Set(['rsa', 'rsa-pss']);

/** Undefined: the key is strong enough. */
export function classifyPublicKey(key: KeyObject): PublicKeyWeakness | undefined {
  const type = key.asymmetricKeyType ?? 'unknown';
  const { modulusLength = 0, namedCurve = 'unknown' } = key.asymmetricKeyDetails ?? {};
  if (EDWARDS.has(type)) return undefined;
  if (RSA.has(type)) {
    if (modulusLength >= RSA_BITS_MIN) return undefined;
    const found = `RSA with ${modulusLength} bits, at least ${RSA_BITS_MIN} are needed`;
    return { code: 'weak_key', found };
  }
  if (type === 'dsa') return { code: 'weak_key', found: 'DSA, which is no longer approved' };
  if (type === 'ec' && CURVES.has(namedCurve)) return undefined;
  const what = type === 'ec' ? `the curve ${namedCurve}` : `the algorithm ${type}`;
  return { code: 'unsupported_key', found: `${what}, which is not accepted` };
}
