/** Whether the signer's key made the signature over exactly this content (RFC 5652 sections 5.4 and 5.6). */
import { constants, createHash, timingSafeEqual, verify, type KeyObject } from 'node:crypto';
import { rejected, type Rejected } from '../verification.ts';
import type { Certificate } from './parse-certificate.ts';
import { parseCertificate } from './parse-certificate.ts';
import { readObjectIdentifier, TAGS } from '../../base/parse-ber.ts';
import type { Algorithm, SignedData, SignerIdentifier } from './parse-signed-data.ts';
import { classifyPublicKey } from './classify-public-key.ts';

/** The hash algorithms that count, in Node's names. */
export type StrongHash = 'sha256' | 'sha384' | 'sha512';

const STRONG_DIGESTS: ReadonlyMap<string, StrongHash> = new Map([
  ['2.16.840.1.101.3.4.2.1', 'sha256'],
  ['2.16.840.1.101.3.4.2.2', 'sha384'],
  ['2.16.840.1.101.3.4.2.3', 'sha512'],
]);
/** Collisions are found for these: two commits could share one signature. */
const WEAK_DIGESTS: ReadonlyMap<string, string> = new Map([
  ['1.3.14.3.2.26', 'SHA-1'],
  ['1.2.840.113549.2.5', 'MD5'],
]);

/** The hash is that of the message digest. */
const HASH_OF_DIGEST: ReadonlySet<string> = new Set(['1.2.840.113549.1.1.1', '1.2.840.10045.2.1']);
const PSS = '1.2.840.113549.1.1.10';
const EDWARDS: ReadonlySet<string> = new Set(['1.3.101.112', '1.3.101.113']);
const EDWARDS_KEYS: ReadonlySet<string> = new Set(['ed25519', 'ed448']);
/** Signatures with RSA and ECDSA, on CMS and on certificates. */
const STRONG_SIGNATURES: ReadonlyMap<string, StrongHash> = new Map([
  ['1.2.840.113549.1.1.11', 'sha256'],
  ['1.2.840.113549.1.1.12', 'sha384'],
  ['1.2.840.113549.1.1.13', 'sha512'],
  ['1.2.840.10045.4.3.2', 'sha256'],
  ['1.2.840.10045.4.3.3', 'sha384'],
  ['1.2.840.10045.4.3.4', 'sha512'],
]);
const WEAK_SIGNATURES: ReadonlyMap<string, string> = new Map([
  ['1.2.840.113549.1.1.4', 'MD5'],
  ['1.2.840.113549.1.1.5', 'SHA-1'],
  ['1.2.840.10045.4.1', 'SHA-1'],
]);

/** How a signature is computed. */
export interface SignatureScheme {
  /** Null: the algorithm has its own. */
  readonly hash: StrongHash | null;
  readonly isPss: boolean;
}

/** The signer's certificate, once the signature has been checked with it. */
export interface Signer {
  readonly certificate: Certificate;
  readonly scheme: SignatureScheme;
}

/** Finds the signer's certificate, and checks key, digest and signature; whether it is trusted is not asked. */
export function verifySignedData(signedData: SignedData, payload: Uint8Array): Signer | Rejected {
  const digest = readDigest(signedData.digestAlgorithm);
  if (typeof digest !== 'string') return digest;
  const scheme = readScheme(signedData.signatureAlgorithm, digest);
  if ('code' in scheme) return scheme;
  const certificate = findSigner(signedData);
  if ('code' in certificate) return certificate;
  const weakness = classifyPublicKey(certificate.publicKey);
  if (weakness !== undefined) {
    return rejected(weakness.code, `The certificate's key has ${weakness.found}`);
  }
  const { attributes, signature } = signedData;
  if (!isSignatureOver(attributes.signedBytes, { key: certificate.publicKey, scheme, signature })) {
    return rejected('bad_signature', 'The signature does not match: it was changed');
  }
  const found = createHash(digest).update(payload).digest();
  const { messageDigest } = attributes;
  if (found.length !== messageDigest.length || !timingSafeEqual(found, messageDigest)) {
    return rejected('bad_signature', 'The object was changed after it was signed');
  }
  return { certificate, scheme };
}

/** The scheme of an algorithm that signs certificates and lists; undefined where it is weak or not known. */
export function findSignatureScheme(id: string): SignatureScheme | undefined {
  if (EDWARDS.has(id)) return { hash: null, isPss: false };
  const hash = STRONG_SIGNATURES.get(id);
  return hash === undefined ? undefined : { hash, isPss: false };
}

/** Never throws: a signature that the key cannot have made is none. */
export function isSignatureOver(
  bytes: Uint8Array,
  {
    key,
    scheme,
    signature,
  }: { readonly key: KeyObject; readonly scheme: SignatureScheme; readonly signature: Buffer },
): boolean {
  // Without a hash, Node would take its own default for other keys.
  if ((scheme.hash === null) !== EDWARDS_KEYS.has(key.asymmetricKeyType ?? '')) return false;
  const padding = scheme.isPss
    ? {
        padding: constants.RSA_PKCS1_PSS_PADDING,
        saltLength: constants.RSA_PSS_SALTLEN_AUTO,
      }
    : {};
  try {
    return verify(scheme.hash, bytes, { key, ...padding }, signature);
  } catch {
    return false;
  }
}

function readDigest(id: string): StrongHash | Rejected {
  const weak = WEAK_DIGESTS.get(id);
  if (weak !== undefined) return rejected('weak_hash', `The signature uses ${weak}`);
  return (
    STRONG_DIGESTS.get(id) ??
    rejected('unsupported_signature', `The digest algorithm ${id} is not known`)
  );
}

function readScheme({ id, parameters }: Algorithm, digest: StrongHash): SignatureScheme | Rejected {
  const weak = WEAK_SIGNATURES.get(id);
  if (weak !== undefined) return rejected('weak_hash', `The signature uses ${weak}`);
  if (HASH_OF_DIGEST.has(id)) return { hash: digest, isPss: false };
  if (id === PSS) {
    // RFC 4055 section 3.1: without parameters the hash is SHA-1.
    const hash = parameters?.children.find(({ tag }) => tag === TAGS.constructed0)?.children[0];
    const found = readDigest(readObjectIdentifier(hash?.children[0]) ?? '1.3.14.3.2.26');
    return typeof found === 'string' ? { hash: found, isPss: true } : found;
  }
  return (
    findSignatureScheme(id) ??
    rejected('unsupported_signature', `The signature algorithm ${id} is not known`)
  );
}

/** The signature may bring a chain: which of it has signed is what the signer says. */
export function findSigner({ certificates, signer }: SignedData): Certificate | Rejected {
  const parsed = certificates.map(parseCertificate).filter((one) => one !== undefined);
  return (
    parsed.find((certificate) => isIdentifiedBy(certificate, signer)) ??
    rejected('malformed_signature', "The signature does not bring the signer's certificate")
  );
}

const SUBJECT_KEY_ID = '2.5.29.14';
/** An OCTET STRING of fewer than 128 octets: tag and length. */
const SHORT_HEADER_BYTES = 2;

function isIdentifiedBy(certificate: Certificate, signer: SignerIdentifier): boolean {
  if (signer.kind === 'issuer-and-serial') {
    return certificate.issuer.equals(signer.issuer) && certificate.serial.equals(signer.serial);
  }
  const keyId = certificate.extensions.get(SUBJECT_KEY_ID)?.value.subarray(SHORT_HEADER_BYTES);
  return keyId?.equals(signer.keyId) ?? false;
}
