/** Signatures of tokens. Source: RFC 7518, section 3, and RFC 8037 for EdDSA. */
import { constants, createHmac, timingSafeEqual, verify, type KeyObject } from 'node:crypto';

/** Those that OPA knows. */
export const TOKEN_ALGORITHMS: ReadonlySet<string> = new Set(
  'RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 HS256 HS384 HS512 EdDSA'.split(' '),
);

/** Whether the signature of this algorithm was made with the key. A key of another type verifies nothing. */
export function isSigned(
  alg: string,
  key: KeyObject,
  { signed, signature }: { readonly signed: string; readonly signature: Buffer },
): boolean {
  const data = Buffer.from(signed);
  const hash = `sha${alg.slice(2)}`;
  const type = key.type === 'secret' ? 'secret' : key.asymmetricKeyType;
  switch (alg.slice(0, 2)) {
    case 'HS': {
      if (type !== 'secret') return false;
      const wanted = createHmac(hash, key).update(data).digest();
      return wanted.length === signature.length && timingSafeEqual(wanted, signature);
    }
    case 'RS':
      return type === 'rsa' && verify(hash, data, key, signature);
    case 'PS': {
      const padding = constants.RSA_PKCS1_PSS_PADDING;
      const saltLength = constants.RSA_PSS_SALTLEN_AUTO;
      return type === 'rsa' && verify(hash, data, { key, padding, saltLength }, signature);
    }
    case 'ES':
      return type === 'ec' && verify(hash, data, { key, dsaEncoding: 'ieee-p1363' }, signature);
    default:
      return alg === 'EdDSA' && type === 'ed25519' && verify(null, data, key, signature);
  }
}
