/**
 * Verifies raw signatures of SSH keys. Sources: RFC 4253 section 6.6, RFC 5656 section 3.1.2, RFC 8332, RFC 8709,
 * OpenSSH PROTOCOL.u2f.
 */
import { createHash, createPublicKey, verify, type JsonWebKey, type KeyObject } from 'node:crypto';
import { rejected, type Rejected } from '../verification.ts';
import { quoteName, type KeyParameters, type SshPublicKey } from './parse-public-key.ts';
import { encodeString, WireReader } from './wire-reader.ts';

export interface GoodSignature {
  readonly status: 'good';
  /** Whether a security key verified its user, by PIN or finger. */
  readonly userVerified: boolean;
}

export interface SignatureOver {
  readonly message: Uint8Array;
  /** The encoded signature: its algorithm and its bytes. */
  readonly signature: Uint8Array;
}

/** RFC 8332 section 3. `ssh-rsa` signs with SHA-1. */
const RSA_HASHES: Readonly<Record<string, string>> = {
  'rsa-sha2-256': 'sha256',
  'rsa-sha2-512': 'sha512',
};
// RFC 8032 section 5.1.6.
const ED25519_SIGNATURE_LENGTH = 64;
// Web Authentication Level 2, section 6.1: bits of the flags.
const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;
// PROTOCOL.u2f: flags (1) and counter (4) as they were signed.
const STATE_LENGTH = 5;

/** Verifies a signature by a key, and that somebody touched the security key where one signed. */
export function verifyBytes(
  key: SshPublicKey,
  { message, signature }: SignatureOver,
): GoodSignature | Rejected {
  const reader = new WireReader(signature);
  const algorithm = reader.text();
  const refusal = refuseAlgorithm(key.type, algorithm);
  if (!reader.hasFailed && refusal !== undefined) return refusal;
  const bytes = reader.string();
  const { parameters } = key;
  const application = parameters.kind === 'rsa' ? undefined : parameters.application;
  const state = application === undefined ? undefined : reader.bytes(STATE_LENGTH);
  const raw = readRaw(parameters, bytes);
  if (!reader.isWhole || raw === undefined) {
    return rejected(
      'malformed_signature',
      `The signature ${quoteName(algorithm)} is not encoded as SSH encodes it`,
    );
  }
  // PROTOCOL.u2f, "SSH U2F Signatures": what a security key signs.
  const signed =
    application === undefined || state === undefined
      ? message
      : Buffer.concat([sha256(application), state, sha256(message)]);
  const hash = parameters.kind === 'rsa' ? RSA_HASHES[algorithm] : undefined;
  const keyObject = importKey(parameters);
  if (keyObject === undefined) {
    return rejected('malformed_signature', 'The public key is no point of its curve');
  }
  if (!verifyRaw(keyObject, { parameters, signed, raw, hash })) {
    return rejected('bad_signature', 'The signature does not fit the content and the key');
  }
  return judgeState(state);
}

function judgeState(state: Buffer | undefined): GoodSignature | Rejected {
  const flags = state?.[0];
  if (flags === undefined) return { status: 'good', userVerified: false };
  // Without the flag, malware on the machine can have signed: nobody touched the security key.
  if ((flags & USER_PRESENT) === 0) {
    return rejected('user_presence_missing', 'The security key signed without being touched');
  }
  return { status: 'good', userVerified: (flags & USER_VERIFIED) !== 0 };
}

function refuseAlgorithm(keyType: string, algorithm: string): Rejected | undefined {
  if (keyType === 'ssh-rsa') {
    if (Object.hasOwn(RSA_HASHES, algorithm)) return undefined;
    if (algorithm === 'ssh-rsa') {
      return rejected('weak_hash', 'The signature is "ssh-rsa", which is RSA with SHA-1');
    }
  } else if (algorithm === keyType) return undefined;
  return rejected(
    'unsupported_key',
    `The signature ${quoteName(algorithm)} of a key of the type ${quoteName(keyType)} is not supported`,
  );
}

/** The signature in the form that node:crypto takes; `undefined` where it has a wrong length or is no pair of numbers. */
function readRaw(parameters: KeyParameters, bytes: Buffer): Buffer | undefined {
  switch (parameters.kind) {
    case 'ed25519':
      return bytes.length === ED25519_SIGNATURE_LENGTH ? bytes : undefined;
    case 'rsa':
      // Some agents leave leading zeros out; OpenSSH puts them back.
      return padStart(bytes, parameters.modulus.length);
    case 'ecdsa': {
      const reader = new WireReader(bytes);
      const { fieldLength } = parameters.curve;
      const r = padStart(reader.mpint(), fieldLength);
      const s = padStart(reader.mpint(), fieldLength);
      if (!reader.isWhole || r === undefined || s === undefined) return undefined;
      return Buffer.concat([r, s]);
    }
  }
}

function padStart(bytes: Buffer, length: number): Buffer | undefined {
  if (bytes.length === 0 || bytes.length > length) return undefined;
  return Buffer.concat([Buffer.alloc(length - bytes.length), bytes]);
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

interface RawSignature {
  readonly parameters: KeyParameters;
  readonly signed: Uint8Array;
  readonly raw: Buffer;
  readonly hash: string | undefined;
}

function verifyRaw(key: KeyObject, { parameters, signed, raw, hash }: RawSignature): boolean {
  switch (parameters.kind) {
    case 'ed25519':
      return verify(undefined, signed, key, raw);
    case 'rsa':
      return verify(hash, signed, key, raw);
    case 'ecdsa':
      return verify(parameters.curve.hash, signed, { key, dsaEncoding: 'ieee-p1363' }, raw);
  }
}

/** `undefined` where OpenSSL refuses the key: a point that is not on its curve. */
function importKey(parameters: KeyParameters): KeyObject | undefined {
  try {
    return createPublicKey({ key: toJwk(parameters), format: 'jwk' });
  } catch {
    return undefined;
  }
}

/** RFC 7517, RFC 7518 section 6, RFC 8037. */
function toJwk(parameters: KeyParameters): JsonWebKey {
  switch (parameters.kind) {
    case 'ed25519':
      return { kty: 'OKP', crv: 'Ed25519', x: parameters.point.toString('base64url') };
    case 'ecdsa': {
      const [x, y] = [parameters.x.toString('base64url'), parameters.y.toString('base64url')];
      return { kty: 'EC', crv: parameters.curve.jwkName, x, y };
    }
    case 'rsa': {
      const { exponent, modulus } = parameters;
      return { kty: 'RSA', e: exponent.toString('base64url'), n: modulus.toString('base64url') };
    }
  }
}

/** The bytes of an SSHSIG that are signed. */
export function encodeSignedData(namespace: string, hash: string, digest: Uint8Array): Buffer {
  return Buffer.concat([
    Buffer.from('SSHSIG'),
    encodeString(namespace),
    encodeString(''),
    encodeString(hash),
    encodeString(digest),
  ]);
}
