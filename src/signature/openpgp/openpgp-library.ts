/**
 * The one importer of openpgp: packets in, facts and the cryptographic check out.
 *
 * No judgement of the library is used, neither on dates nor on keys: it differs from gpg in both directions. It accepts keys that
 * expired or were retired after they signed, and what it thinks of a renewed key depends on which self-signatures an export
 * has kept. What counts is decided in decide-key-validity.ts and verify-openpgp-signature.ts.
 */
import { PublicKeyPacket, PublicSubkeyPacket, SignaturePacket } from 'openpgp';
import { errorText } from '../../base/error-details.ts';
import { findSubpacketFault, PACKET_TAGS } from './parse-packets.ts';

/** A public key or subkey as its packet says; nothing of it is trusted yet. */
export interface KeyMaterial {
  /** Upper-case hexadecimal, 40 or 64 digits. */
  readonly fingerprint: string;
  /** Upper-case hexadecimal, 16 digits. Several keys may share one: only for finding candidates. */
  readonly keyId: string;
  readonly createdMs: number;
  readonly algorithm: KeyAlgorithm;
  /** For the library alone. */
  readonly packet: PublicKeyPacket | PublicSubkeyPacket;
}

/** What the strength of a key depends on. */
export interface KeyAlgorithm {
  /** The ID of RFC 9580 section 9.1. */
  readonly id: number;
  /** As the library names it, for messages. */
  readonly name: string;
  /** Of RSA and DSA: bits of the modulus. */
  readonly bits?: number | undefined;
  /** Of ECDSA and EdDSA: the name of the curve. */
  readonly curve?: string | undefined;
}

/** What a signature packet claims; nothing of it is verified yet. */
export interface SignatureMaterial {
  /** The ID of RFC 9580 section 5.2.1. */
  readonly type: number;
  /** The ID of RFC 9580 section 9.5. */
  readonly hash: number;
  /** Upper-case hexadecimal, 16 digits. */
  readonly issuerKeyId: string;
  /** Upper-case hexadecimal. */
  readonly issuerFingerprint: string | undefined;
  readonly createdMs: number;
  /** Undefined: the signature does not expire. */
  readonly expiresMs: number | undefined;
  /** How long the key is valid after its creation; undefined: without end. */
  readonly keyLifetimeMs: number | undefined;
  /** The first octet of the key flags (RFC 9580 section 5.2.3.29); undefined: no flags are given. */
  readonly keyFlags: number | undefined;
  /** The code of RFC 9580 section 5.2.3.31; undefined: no reason is given. */
  readonly revocationReason: number | undefined;
  /** The key allows another key to revoke it. */
  readonly designatesRevoker: boolean;
  /** It asks for something that this verifier does not know, and forbids to ignore that. */
  readonly hasUnknownCritical: boolean;
  /** The signature by the subkey inside its binding. */
  readonly embedded: SignatureMaterial | undefined;
  /** For the library alone. */
  readonly packet: SignaturePacket;
}

/** What a signature is made over. */
export type Signed =
  | { readonly kind: 'data'; readonly bytes: Uint8Array }
  | { readonly kind: 'key'; readonly primary: KeyMaterial }
  | { readonly kind: 'user'; readonly primary: KeyMaterial; readonly userId: Uint8Array }
  | { readonly kind: 'subkey'; readonly primary: KeyMaterial; readonly subkey: KeyMaterial };

/** The packet, or why it cannot be read. */
export type Readable<Material> =
  | { readonly status: 'read'; readonly value: Material }
  | { readonly status: 'unreadable'; readonly reason: string };

/** Types of signatures by their ID (RFC 9580 section 5.2.1). */
export const SIGNATURE_TYPES = {
  binary: 0x00,
  text: 0x01,
  certificationFirst: 0x10,
  certificationLast: 0x13,
  subkeyBinding: 0x18,
  primaryKeyBinding: 0x19,
  directKey: 0x1f,
  keyRevocation: 0x20,
  subkeyRevocation: 0x28,
  certificationRevocation: 0x30,
} as const;

const MS_PER_SECOND = 1000;

/** Reads a public key packet, of a primary key or a subkey by its tag. */
export async function readKeyMaterial(
  tag: number,
  body: Uint8Array,
): Promise<Readable<KeyMaterial>> {
  try {
    const packet =
      tag === PACKET_TAGS.publicSubkey ? new PublicSubkeyPacket() : new PublicKeyPacket();
    await packet.read(body);
    const { algorithm: name, bits, curve } = packet.getAlgorithmInfo();
    return readable({
      fingerprint: packet.getFingerprint().toUpperCase(),
      keyId: packet.getKeyID().toHex().toUpperCase(),
      createdMs: packet.created.getTime(),
      algorithm: { id: packet.algorithm, name, bits, curve },
      packet,
    });
  } catch (error) {
    return { status: 'unreadable', reason: errorText(error) };
  }
}

/** Reads a signature packet. */
export function readSignatureMaterial(body: Uint8Array): Readable<SignatureMaterial> {
  const fault = findSubpacketFault(body);
  if (fault !== undefined) return { status: 'unreadable', reason: fault };
  try {
    const packet = new SignaturePacket();
    packet.read(body);
    return readable(describeSignature(packet));
  } catch (error) {
    return { status: 'unreadable', reason: errorText(error) };
  }
}

/**
 * Says whether the key made the signature over exactly this. Dates, expiry and the strength of hash and key are the
 * caller's to judge, except that MD5 and RIPEMD-160 are always refused.
 */
export async function isSignedBy(
  signature: SignatureMaterial,
  key: KeyMaterial,
  signed: Signed,
): Promise<boolean> {
  const { packet } = signature;
  try {
    // Compared with its own date: without one the library would look at the clock.
    const date = new Date(signature.createdMs);
    await packet.verify(key.packet, signature.type, describeSigned(signed), date, true);
    return true;
  } catch {
    return false;
  }
}

function describeSignature(packet: SignaturePacket): SignatureMaterial {
  const createdMs = packet.created?.getTime() ?? 0;
  const lifetime = packet.signatureNeverExpires ? 0 : (packet.signatureExpirationTime ?? 0);
  return {
    type: packet.signatureType ?? -1,
    hash: packet.hashAlgorithm ?? -1,
    issuerKeyId: packet.issuerKeyID.toHex().toUpperCase(),
    issuerFingerprint:
      packet.issuerFingerprint === null
        ? undefined
        : Buffer.from(packet.issuerFingerprint).toString('hex').toUpperCase(),
    createdMs,
    expiresMs: lifetime === 0 ? undefined : createdMs + lifetime * MS_PER_SECOND,
    keyLifetimeMs:
      packet.keyExpirationTime === null || packet.keyExpirationTime === 0
        ? undefined
        : packet.keyExpirationTime * MS_PER_SECOND,
    keyFlags: packet.keyFlags === null ? undefined : (packet.keyFlags[0] ?? 0),
    revocationReason: packet.reasonForRevocationFlag ?? undefined,
    designatesRevoker: packet.revocationKeyClass !== null,
    hasUnknownCritical:
      packet.unknownSubpackets.some(({ critical }) => critical) ||
      packet.rawNotations.some(({ critical }) => critical),
    embedded:
      packet.embeddedSignature === null ? undefined : describeSignature(packet.embeddedSignature),
    packet,
  };
}

/** The shape that the library hashes; it asks for no more than these members. */
function describeSigned(signed: Signed): object {
  switch (signed.kind) {
    case 'data':
      return { text: null, getBytes: () => signed.bytes };
    case 'key':
      return { key: signed.primary.packet };
    case 'user':
      return { key: signed.primary.packet, userID: { write: () => signed.userId } };
    case 'subkey':
      return { key: signed.primary.packet, bind: signed.subkey.packet };
  }
}

function readable<Material>(value: Material): Readable<Material> {
  return { status: 'read', value };
}
