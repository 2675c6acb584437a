/**
 * Compact JSON web signatures (RFC 7515) with Ed25519 (RFC 8037), P-256 or RSA (RFC 7518) keys. The only importer of jose.
 *
 * The key determines the algorithm, never the signed text: a forged header cannot choose a weaker check.
 */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';
// By their own modules: the package's index loads encryption, key sets and much else that nothing here needs.
import { decodeProtectedHeader } from 'jose/decode/protected_header';
import { calculateJwkThumbprint } from 'jose/jwk/thumbprint';
import { CompactSign } from 'jose/jws/compact/sign';
import { compactVerify } from 'jose/jws/compact/verify';
import { SignJWT } from 'jose/jwt/sign';

export type SignatureAlgorithm = 'EdDSA' | 'ES256' | 'RS256';

/** Of our own statements. RSA is only for formats of others that have no better key. */
const OWN_ALGORITHMS: readonly SignatureAlgorithm[] = ['EdDSA', 'ES256'];
/** Shorter keys of RSA can be factored (RFC 7518, section 3.3). */
const RSA_BITS_MIN = 2048;

/** What others need to verify signatures. */
export interface VerificationKey {
  readonly algorithm: SignatureAlgorithm;
  /** The key's RFC 7638 thumbprint. */
  readonly keyId: string;
  readonly publicKey: KeyObject;
  /** The public key as JSON (RFC 7517), `kid` and `alg` included; safe to publish. */
  readonly publicJwk: Readonly<Record<string, string>>;
}

export interface SigningKey extends VerificationKey {
  readonly privateKey: KeyObject;
}

export type KeyReading<Key> =
  | { readonly ok: true; readonly key: Key }
  /** The reason contains no part of the key. */
  | { readonly ok: false; readonly reason: string };

export type SignatureVerification =
  | { readonly ok: true; readonly payload: string; readonly keyId: string }
  | { readonly ok: false; readonly reason: string };

const MS_PER_SECOND = 1000;
/** Larger signed texts are refused unread. */
const TEXT_CHARS_MAX = 256 * 1024;

/** A new Ed25519 private key as JSON, for a file that only its owner can read. */
export function generateSigningKeyText(): string {
  const { privateKey } = generateKeyPairSync('ed25519');
  return `${JSON.stringify(privateKey.export({ format: 'jwk' }))}\n`;
}

/** Reads a private key: JSON (RFC 7517) or PEM (PKCS #8). */
export async function readSigningKey(
  text: string,
  algorithms: readonly SignatureAlgorithm[] = OWN_ALGORITHMS,
): Promise<KeyReading<SigningKey>> {
  try {
    const trimmed = text.trim();
    const privateKey = trimmed.startsWith('{')
      ? createPrivateKey({ key: parseJwk(trimmed), format: 'jwk' })
      : createPrivateKey(trimmed);
    const described = await describeKey(createPublicKey(privateKey), algorithms);
    return described.ok ? { ok: true, key: { ...described.key, privateKey } } : described;
  } catch {
    // The reason of OpenSSL may quote the key.
    return { ok: false, reason: 'it is neither a JSON web key nor a PKCS #8 key in PEM' };
  }
}

/** Reads a public key: JSON (RFC 7517) or PEM (SPKI). A private key is accepted, and its public part is used. */
export async function readVerificationKey(
  text: string,
  algorithms: readonly SignatureAlgorithm[] = OWN_ALGORITHMS,
): Promise<KeyReading<VerificationKey>> {
  try {
    const trimmed = text.trim();
    const key = trimmed.startsWith('{')
      ? createPublicKey({ key: parseJwk(trimmed), format: 'jwk' })
      : createPublicKey(trimmed);
    return await describeKey(key, algorithms);
  } catch {
    return { ok: false, reason: 'it is neither a JSON web key nor a public key in PEM' };
  }
}

/** Signs a text; `type` becomes the header's `typ`, so that one kind of statement cannot be used as another. */
export async function signText(payload: string, key: SigningKey, type: string): Promise<string> {
  return await new CompactSign(new TextEncoder().encode(payload))
    .setProtectedHeader({ alg: key.algorithm, kid: key.keyId, typ: type })
    .sign(key.privateKey);
}

export type AppToken =
  | { readonly ok: true; readonly token: string }
  /** The reason contains no part of the key. */
  | { readonly ok: false; readonly reason: string };

/** Signs a JSON web token (RFC 7519) by which an app identifies itself: RS256, the only algorithm that forges accept. */
export async function signAppToken(
  app: { readonly appId: string; readonly privateKey: string },
  validity: { readonly nowMs: number; readonly before: number; readonly after: number },
): Promise<AppToken> {
  try {
    const key = createPrivateKey(app.privateKey);
    if (key.asymmetricKeyType !== 'rsa') return { ok: false, reason: 'it is no RSA key' };
    const nowSeconds = Math.floor(validity.nowMs / MS_PER_SECOND);
    const token = await new SignJWT()
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
      .setIssuer(app.appId)
      .setIssuedAt(nowSeconds - validity.before)
      .setExpirationTime(nowSeconds + validity.after)
      .sign(key);
    return { ok: true, token };
  } catch {
    // The reason of OpenSSL may quote the key.
    return { ok: false, reason: 'it is no RSA private key in PEM' };
  }
}

/** Verifies a signed text with the trusted keys; only a key with the same `kid` is tried. */
export async function verifyText(
  signed: string,
  keys: readonly VerificationKey[],
  type: string,
): Promise<SignatureVerification> {
  const header = readHeader(signed);
  if (header === undefined) return { ok: false, reason: 'it is no compact JSON web signature' };
  if (header.type !== type) return { ok: false, reason: `its type is not "${type}"` };
  const key = keys.find(({ keyId }) => keyId === header.keyId);
  if (key === undefined) return { ok: false, reason: 'no trusted key has its key id' };
  return await verifyWithKey(signed, key);
}

/** Verifies a signed text with one key, whatever key and type its header names: for formats of others. */
export async function verifyWithKey(
  signed: string,
  key: VerificationKey,
): Promise<SignatureVerification> {
  try {
    const { payload } = await compactVerify(signed, key.publicKey, { algorithms: [key.algorithm] });
    const text = new TextDecoder('utf-8', { fatal: true }).decode(payload);
    return { ok: true, payload: text, keyId: key.keyId };
  } catch {
    return { ok: false, reason: 'the signature does not match' };
  }
}

/** The payload of a signed text without any check of its signature; `undefined` where it has none. */
export function readUnverifiedPayload(
  signed: string,
): { readonly keyId: string; readonly payload: string } | undefined {
  const header = readHeader(signed);
  const [, payload] = signed.split('.');
  if (header === undefined || payload === undefined) return undefined;
  return { keyId: header.keyId, payload: Buffer.from(payload, 'base64url').toString('utf8') };
}

export interface SignedHeader {
  /** Empty where it names none. */
  readonly keyId: string;
  readonly type: string;
}

/** The header, without any check of the signature; `undefined` where it is no compact JSON web signature. */
export function readHeader(
  signed: string,
  textCharsMax: number = TEXT_CHARS_MAX,
): SignedHeader | undefined {
  if (signed.length > textCharsMax || signed.split('.').length !== 3) return undefined;
  try {
    const { kid, typ } = decodeProtectedHeader(signed);
    return { keyId: kid ?? '', type: typ ?? '' };
  } catch {
    return undefined;
  }
}

function parseJwk(text: string): JsonWebKey {
  const parsed: unknown = JSON.parse(text);
  return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
}

async function describeKey(
  publicKey: KeyObject,
  algorithms: readonly SignatureAlgorithm[],
): Promise<KeyReading<VerificationKey>> {
  const algorithm = algorithmOf(publicKey);
  if (algorithm === undefined || !algorithms.includes(algorithm)) {
    const known = algorithms.map((name) => KEY_NAMES[name]);
    return { ok: false, reason: `it is neither ${known.join(' nor ')}` };
  }
  const { kty, ...others } = publicKey.export({ format: 'jwk' });
  // People look for it first.
  const publicJwk: Record<string, string> = { kty: String(kty) };
  // Of a public key, these are all members that there are, and each is a text.
  for (const [name, value] of Object.entries(others)) publicJwk[name] = String(value);
  const keyId = await calculateJwkThumbprint(publicJwk);
  Object.assign(publicJwk, { alg: algorithm, kid: keyId });
  return { ok: true, key: { algorithm, keyId, publicKey, publicJwk } };
}

const KEY_NAMES = { EdDSA: 'Ed25519', ES256: 'P-256', RS256: 'RSA of 2048 bits or more' } as const;

function algorithmOf({
  asymmetricKeyType,
  asymmetricKeyDetails,
}: KeyObject): SignatureAlgorithm | undefined {
  if (asymmetricKeyType === 'ed25519') return 'EdDSA';
  if (asymmetricKeyType === 'rsa') {
    return (asymmetricKeyDetails?.modulusLength ?? 0) >= RSA_BITS_MIN ? 'RS256' : undefined;
  }
  const isP256 = asymmetricKeyType === 'ec' && asymmetricKeyDetails?.namedCurve === 'prime256v1';
  return isP256 ? 'ES256' : undefined;
}
