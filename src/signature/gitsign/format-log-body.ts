/**
 * The body of the log's entry, computed from the signature: canonical JSON, byte for byte what Rekor has hashed.
 *
 * As the body is made from this certificate and this signature, a proof for it cannot be one for another signer. The library
 * compares the signature and the digest of a body, and not its certificate.
 *
 * Source: Rekor, pkg/types/hashedrekord (v0.0.1); rekor-tiles, hashedrekord (v0.0.2).
 */
import type { KeyObject } from 'node:crypto';

/** What the entry is about. */
export interface LoggedSignature {
  /** DER. */
  readonly certificate: Buffer;
  readonly publicKey: KeyObject;
  readonly signature: Buffer;
  readonly hash: 'sha256' | 'sha384' | 'sha512';
  /** Of the bytes that the signature is over. */
  readonly digest: Buffer;
}

/** Versions of the entry by the version of the log: Rekor v1 and Rekor v2. */
export type LogBodyVersion = '0.0.1' | '0.0.2';

/** As Rekor has stored the certificate: PEM (RFC 7468 section 2). */
const BASE64_LINE_CHARS = 64;

const HASH_NAMES = { sha256: 'SHA2_256', sha384: 'SHA2_384', sha512: 'SHA2_512' } as const;

/** Keys in the order of canonical JSON (RFC 8785). */
export function formatLogBody(version: LogBodyVersion, logged: LoggedSignature): Buffer {
  const { certificate, signature, digest, hash } = logged;
  const content = signature.toString('base64');
  if (version === '0.0.1') {
    const publicKey = { content: Buffer.from(formatPem(certificate)).toString('base64') };
    const spec = {
      data: { hash: { algorithm: hash, value: digest.toString('hex') } },
      signature: { content, publicKey },
    };
    return Buffer.from(JSON.stringify({ apiVersion: version, kind: 'hashedrekord', spec }));
  }
  const verifier = {
    keyDetails: keyDetailsOf(logged.publicKey),
    x509Certificate: { rawBytes: certificate.toString('base64') },
  };
  const hashedRekordV002 = {
    data: { algorithm: HASH_NAMES[hash], digest: digest.toString('base64') },
    signature: { content, verifier },
  };
  const spec = { hashedRekordV002 };
  return Buffer.from(JSON.stringify({ apiVersion: version, kind: 'hashedrekord', spec }));
}

function formatPem(certificate: Buffer): string {
  const base64 = certificate.toString('base64');
  const lines = base64.match(new RegExp(`.{1,${BASE64_LINE_CHARS}}`, 'gu')) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

const CURVE_DETAILS: Readonly<Record<string, string>> = {
  prime256v1: 'PKIX_ECDSA_P256_SHA_256',
  secp384r1: 'PKIX_ECDSA_P384_SHA_384',
  secp521r1: 'PKIX_ECDSA_P521_SHA_512',
};

/** The name of the key's algorithm in sigstore_common.proto; the log chooses it by the key. */
function keyDetailsOf(key: KeyObject): string {
  const { namedCurve = '', modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'rsa') return `PKIX_RSA_PKCS1V15_${modulusLength}_SHA256`;
  return CURVE_DETAILS[namedCurve] ?? 'PKIX_ED25519';
}
