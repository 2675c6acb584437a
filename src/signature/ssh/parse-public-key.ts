/** Public keys of SSH. Sources: RFC 4253 section 6.6, RFC 5656 section 3.1, RFC 8709, OpenSSH PROTOCOL.u2f. */
import { createHash } from 'node:crypto';
import { cutToBytes } from '../../base/cut-to-bytes.ts';
import { printable } from '../../base/printable.ts';
import type { Parsed } from '../parsed.ts';
import { parsed } from '../parsed.ts';
import { rejected, type Rejected } from '../verification.ts';
import { encodeString, type WireReader } from './wire-reader.ts';

export interface SshPublicKey {
  /** Of the key, never of a certificate: `ssh-ed25519`. */
  readonly type: string;
  /** The whole key as it stands in a `.pub` file, decoded. */
  readonly blob: Buffer;
  /** `SHA256:…` as ssh-keygen prints it. */
  readonly fingerprint: string;
  readonly parameters: KeyParameters;
}

export interface Ed25519Parameters {
  readonly kind: 'ed25519';
  readonly point: Buffer;
  /** Of a key on a security key: the relying party, `ssh:`. */
  readonly application?: Buffer;
}

export interface EcdsaParameters {
  readonly kind: 'ecdsa';
  readonly curve: Curve;
  /** Both coordinates, each as long as the field. */
  readonly x: Buffer;
  readonly y: Buffer;
  /** As above. */
  readonly application?: Buffer;
}

export interface RsaParameters {
  readonly kind: 'rsa';
  readonly exponent: Buffer;
  readonly modulus: Buffer;
}

export type KeyParameters = Ed25519Parameters | EcdsaParameters | RsaParameters;

export interface Curve {
  /** RFC 5656 section 10.1. */
  readonly sshName: string;
  /** RFC 7518 section 6.2.1.1. */
  readonly jwkName: string;
  readonly fieldLength: number;
  /** RFC 5656 section 6.2.1: the hash follows from the size of the curve. */
  readonly hash: string;
}

// SEC 1: lengths of the fields in bytes.
const P256: Curve = { sshName: 'nistp256', jwkName: 'P-256', fieldLength: 32, hash: 'sha256' };
const P384: Curve = { sshName: 'nistp384', jwkName: 'P-384', fieldLength: 48, hash: 'sha384' };
const P521: Curve = { sshName: 'nistp521', jwkName: 'P-521', fieldLength: 66, hash: 'sha512' };

type KeyReader = (reader: WireReader) => KeyParameters | Rejected;

const READERS: Readonly<Record<string, KeyReader>> = {
  'ssh-ed25519': readEd25519,
  'ecdsa-sha2-nistp256': (reader) => readEcdsa(reader, P256),
  'ecdsa-sha2-nistp384': (reader) => readEcdsa(reader, P384),
  'ecdsa-sha2-nistp521': (reader) => readEcdsa(reader, P521),
  'ssh-rsa': readRsa,
  'sk-ssh-ed25519@openssh.com': (reader) => withApplication(reader, readEd25519(reader)),
  'sk-ecdsa-sha2-nistp256@openssh.com': (reader) =>
    withApplication(reader, readEcdsa(reader, P256)),
};

// RFC 8032 section 5.1.5.
const ED25519_LENGTH = 32;
// SEC 1 section 2.3.3: the point is not compressed. OpenSSH writes no other form.
const UNCOMPRESSED = 0x04;
/** NIST SP 800-131A revision 2: shorter moduli are disallowed. */
const RSA_BITS_MIN = 2048;
/** As in OpenSSH (SSHBUF_MAX_BIGNUM): longer ones cost the verifier tens of milliseconds. */
const RSA_BITS_MAX = 16_384;
/** 65537 needs three bytes; a long exponent only makes verification slow. */
const EXPONENT_BYTES_MAX = 8;
/** No name of an algorithm is longer (RFC 4251 section 6). */
const NAME_BYTES_MAX = 64;

/** Reads a key that stands alone, to its last byte. */
export function parsePublicKey(reader: WireReader): Parsed<SshPublicKey> {
  const type = reader.text();
  const key = readKeyFields(reader, type);
  if (key.status === 'rejected') return key;
  return reader.isWhole ? key : malformedKey(type);
}

/** Reads the fields behind the type: of a key, or of the key inside a certificate. */
export function readKeyFields(reader: WireReader, type: string): Parsed<SshPublicKey> {
  if (reader.hasFailed) return malformedKey(type);
  const read = Object.hasOwn(READERS, type) ? READERS[type] : undefined;
  if (read === undefined) return refuseType(type);
  const start = reader.offset;
  const parameters = read(reader);
  if (reader.hasFailed) return malformedKey(type);
  if ('status' in parameters) return parameters;
  const blob = Buffer.concat([encodeString(type), reader.between(start, reader.offset)]);
  return parsed({ type, blob, fingerprint: fingerprintOf(blob), parameters });
}

/** `SHA256:` and the hash in base64 without padding, as ssh-keygen prints it. */
export function fingerprintOf(blob: Uint8Array): string {
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/u, '')}`;
}

/** A name from a signature for a message: one line, bounded, quoted. */
export function quoteName(name: string): string {
  return `"${cutToBytes(printable(name), NAME_BYTES_MAX)}"`;
}

function refuseType(type: string): Rejected {
  if (type === 'ssh-dss') {
    return rejected('weak_key', 'The key is DSA, which is limited to 1024 bits and SHA-1');
  }
  return rejected(
    'unsupported_key',
    `Keys of the type ${quoteName(type)} are not supported: sign with ${Object.keys(READERS).join(', ')}`,
  );
}

function readEd25519(reader: WireReader): Ed25519Parameters {
  const point = reader.string();
  if (point.length !== ED25519_LENGTH) reader.fail();
  return { kind: 'ed25519', point };
}

function readEcdsa(reader: WireReader, curve: Curve): EcdsaParameters {
  const name = reader.text();
  const point = reader.string();
  const { sshName, fieldLength } = curve;
  const isPoint = point.length === 1 + 2 * fieldLength && point[0] === UNCOMPRESSED;
  if (name !== sshName || !isPoint) reader.fail();
  const coordinates = point.subarray(1);
  const x = coordinates.subarray(0, fieldLength);
  return { kind: 'ecdsa', curve, x, y: coordinates.subarray(fieldLength) };
}

function withApplication(
  reader: WireReader,
  parameters: Ed25519Parameters | EcdsaParameters,
): KeyParameters {
  return { ...parameters, application: reader.string() };
}

function readRsa(reader: WireReader): RsaParameters | Rejected {
  const exponent = reader.mpint();
  const modulus = reader.mpint();
  if (reader.hasFailed) return malformedKey('ssh-rsa');
  const bits = countBits(modulus);
  if (bits < RSA_BITS_MIN) {
    return rejected(
      'weak_key',
      `The RSA key has ${bits} bits, at least ${RSA_BITS_MIN} are wanted`,
    );
  }
  if (bits > RSA_BITS_MAX || exponent.length > EXPONENT_BYTES_MAX) {
    return rejected(
      'unsupported_key',
      `The RSA key has ${bits} bits and an exponent of ${exponent.length} bytes, at most ${RSA_BITS_MAX} and ${EXPONENT_BYTES_MAX} are supported`,
    );
  }
  return { kind: 'rsa', exponent, modulus };
}

function countBits(magnitude: Buffer): number {
  // Bits in a byte; a magnitude has at least one byte, and no leading zero.
  return (magnitude.length - 1) * 8 + magnitude.readUInt8().toString(2).length;
}

function malformedKey(type: string): Rejected {
  return rejected(
    'malformed_signature',
    `The public key of the type ${quoteName(type)} is not encoded as SSH encodes it`,
  );
}
