/**
 * Verifies an OpenPGP signature of a commit or a tag, with a policy of our own.
 *
 * Where it differs from `git verify-commit`, it is stricter: weak hashes and keys, dates in the future and unknown user IDs
 * are refused.
 */
import type { WallMs } from '../../base/clock.ts';
import { printable } from '../../base/printable.ts';
import type { KeyValidity } from '../key-validity.ts';
import { matchEmail, parseMailbox, type Committer } from '../match-committer.ts';
import { parseArmor } from '../parse-armor.ts';
import { rejected, verifiedBy, type Rejected, type Verification } from '../verification.ts';
import { classifyKeyStrength } from './classify-key-strength.ts';
import { decideKeyValidity, selectValidUserIds } from './decide-key-validity.ts';
import { fingerprintOf, type Keyring, type SigningKey, type TrustedKey } from './keyring.ts';
import {
  isSignedBy,
  readSignatureMaterial,
  SIGNATURE_TYPES,
  type SignatureMaterial,
} from './openpgp-library.ts';
import { PACKET_TAGS, parsePackets } from './parse-packets.ts';
import { OPENPGP_LIMITS } from './settings.ts';

/** Whose signatures count, and how strictly. */
export interface OpenpgpTrust {
  readonly keyring: Keyring;
  /**
   * Keys of a forge, which signs what people do in its web interface (GitHub: web-flow). A set of their own, as such a
   * signature says only that the forge made the commit: the same forge signs for everybody. Absent: refused.
   */
  readonly forgeKeyring?: Keyring | undefined;
  readonly keyValidity: KeyValidity;
  /**
   * The committer's e-mail address must be that of a valid user ID of the key. Not asked of a forge's key, which signs in
   * the name of others.
   */
  readonly committerMatch: boolean;
}

/** A signature over bytes, and what to judge it by. */
export interface OpenpgpRequest {
  /** The signed bytes: the commit without its signature headers, or the tag without its signature. */
  readonly payload: Uint8Array;
  /** The armored block. */
  readonly signature: Uint8Array;
  readonly trust: OpenpgpTrust;
  /** Of a commit its committer, of a tag its tagger. */
  readonly committer?: Committer | undefined;
  readonly nowMs: WallMs;
}

interface Candidate {
  readonly key: TrustedKey;
  readonly signingKey: SigningKey;
  readonly isForge: boolean;
}

const SIGNATURE_BYTES_MAX = OPENPGP_LIMITS['signature.openpgp.signatureBytesMax'].default;
const CLOCK_SKEW_MS = OPENPGP_LIMITS['signature.openpgp.clockSkewMs'].default;

/** By the ID of RFC 9580 section 9.5. SHA-1 and older fall to collisions: two commits could share one signature. */
const WEAK_HASHES: ReadonlyMap<number, string> = new Map([
  [1, 'MD5'],
  [2, 'SHA-1'],
  [3, 'RIPEMD-160'],
]);
/** SHA-2 and SHA-3. */
const STRONG_HASHES: ReadonlySet<number> = new Set([8, 9, 10, 11, 12, 14]);

/** Never throws: what cannot be read is rejected. */
export async function verifyOpenpgpSignature(request: OpenpgpRequest): Promise<Verification> {
  const read = readSignature(request.signature);
  if ('code' in read) return read;
  const candidates = findCandidates(read, request.trust);
  if (candidates.length === 0) {
    const issuer = read.issuerFingerprint ?? read.issuerKeyId;
    return rejected('unknown_key', `The key ${issuer} is not in the keyring`);
  }
  // Several keys may have one key ID: the one that made the signature counts.
  let rejection: Rejected | undefined;
  for (const candidate of candidates) {
    const weakness = classifyKeyStrength(candidate.signingKey.material.algorithm);
    if (weakness !== undefined) {
      const { fingerprint } = candidate.signingKey.material;
      rejection ??= rejected(weakness.code, `The key ${fingerprint} has ${weakness.found}`);
      continue;
    }
    const signed = { kind: 'data', bytes: request.payload } as const;
    if (await isSignedBy(read, candidate.signingKey.material, signed)) {
      return judgeSigner(read, candidate, request);
    }
  }
  const message = 'The signature does not match: the object or the signature was changed';
  return rejection ?? rejected('bad_signature', message);
}

/** The one signature of the block, if it is of a kind that may sign a commit. */
function readSignature(signature: Uint8Array): SignatureMaterial | Rejected {
  if (signature.length > SIGNATURE_BYTES_MAX) {
    return rejected(
      'limit_exceeded',
      `The signature has ${signature.length} bytes, at most ${SIGNATURE_BYTES_MAX} are read`,
    );
  }
  const body = findSignaturePacket(Buffer.from(signature).toString('latin1'));
  if ('code' in body) return body;
  const read = readSignatureMaterial(body);
  if (read.status === 'unreadable') {
    const code = /unsupported|unknown|version/iu.test(read.reason)
      ? 'unsupported_signature'
      : 'malformed_signature';
    return rejected(code, `The signature packet cannot be read: ${read.reason}`);
  }
  return refuseSignature(read.value) ?? read.value;
}

function findSignaturePacket(text: string): Uint8Array | Rejected {
  const { blocks, problems, otherTextLine } = parseArmor(text);
  // Git joins several signature headers; a reader that takes the first would verify half of what is there.
  if (blocks.length > 1) {
    return rejected('multiple_signatures', `There are ${blocks.length} signature blocks, not one`);
  }
  const [problem] = problems;
  if (problem !== undefined) {
    const message = `Line ${problem.line} of the signature: ${problem.message}`;
    return rejected('malformed_signature', message);
  }
  const [block] = blocks;
  if (block === undefined || otherTextLine !== undefined) {
    return rejected('malformed_signature', 'The signature is not one block of ASCII armor');
  }
  if (block.label !== 'PGP SIGNATURE') {
    const message = `A block "${block.label}" is not a detached signature ("PGP SIGNATURE")`;
    return rejected('unsupported_signature', message);
  }
  const parsed = parsePackets(block.bytes);
  if (parsed.status === 'malformed') {
    const message = `At byte ${parsed.offset} of the signature, ${parsed.message}`;
    return rejected('malformed_signature', message);
  }
  const { packets } = parsed;
  const [packet] = packets;
  const other = packets.find(({ tag }) => tag !== PACKET_TAGS.signature);
  if (packet === undefined || other !== undefined) {
    const message = `A packet of type ${other?.tag ?? 'none'} does not belong into a signature`;
    return rejected('malformed_signature', message);
  }
  if (packets.length > 1) {
    const message = `There are ${packets.length} signatures in the block, not one`;
    return rejected('multiple_signatures', message);
  }
  return packet.body;
}

function refuseSignature(signature: SignatureMaterial): Rejected | undefined {
  const { type, hash, hasUnknownCritical } = signature;
  if (type !== SIGNATURE_TYPES.binary && type !== SIGNATURE_TYPES.text) {
    const message = `A signature of type 0x${type.toString(16).padStart(2, '0')} is not over a document`;
    return rejected('unsupported_signature', message);
  }
  const weak = WEAK_HASHES.get(hash);
  if (weak !== undefined) {
    const message = `The signature uses ${weak}: sign with SHA-256 or better (in gpg.conf: "digest-algo SHA256")`;
    return rejected('weak_hash', message);
  }
  if (!STRONG_HASHES.has(hash)) {
    return rejected('unsupported_signature', `The hash algorithm ${hash} is not known`);
  }
  if (hasUnknownCritical) {
    const message = 'The signature has a critical subpacket or notation that is not known';
    return rejected('unsupported_signature', message);
  }
  return undefined;
}

function findCandidates(
  { issuerFingerprint, issuerKeyId }: SignatureMaterial,
  { keyring, forgeKeyring }: OpenpgpTrust,
): readonly Candidate[] {
  function select({ keys }: Keyring, isForge: boolean): readonly Candidate[] {
    return keys.flatMap((key) =>
      key.signingKeys
        .filter(({ material }) =>
          issuerFingerprint === undefined
            ? material.keyId === issuerKeyId
            : material.fingerprint === issuerFingerprint,
        )
        .map((signingKey) => ({ key, signingKey, isForge })),
    );
  }
  const own = select(keyring, false);
  return forgeKeyring === undefined ? own : [...own, ...select(forgeKeyring, true)];
}

/** The signature is by this key: whether that counts. */
function judgeSigner(
  { createdMs, expiresMs }: SignatureMaterial,
  { key, signingKey, isForge }: Candidate,
  { trust, committer, nowMs }: OpenpgpRequest,
): Verification {
  // A date in the future would outlive the key's expiry.
  if (createdMs > nowMs + CLOCK_SKEW_MS) {
    const message = `The signature is of ${timeText(createdMs)}, and it is ${timeText(nowMs)}: check the clock of the machine that signed`;
    return rejected('future_signature', message);
  }
  if (expiresMs !== undefined && expiresMs <= nowMs) {
    return rejected('signature_expired', `The signature expired at ${timeText(expiresMs)}`);
  }
  const question = {
    key,
    signingKey,
    signedMs: createdMs,
    nowMs,
    clockSkewMs: CLOCK_SKEW_MS,
    keyValidity: trust.keyValidity,
  };
  const fault = decideKeyValidity(question);
  if (fault !== undefined) return rejected(fault.code, fault.reason);
  const userIds = selectValidUserIds(key.userIds, question);
  if (trust.committerMatch && !isForge) {
    const mismatch = findCommitterMismatch(userIds, committer);
    if (mismatch !== undefined) return rejected('identity_not_accepted', mismatch);
  }
  return verifiedBy({
    scheme: 'openpgp',
    fingerprint: fingerprintOf(key),
    signingKeyFingerprint: signingKey.material.fingerprint,
    userIds,
  });
}

function findCommitterMismatch(
  userIds: readonly string[],
  committer: Committer | undefined,
): string | undefined {
  if (committer === undefined) return 'The committer is not known, and must match the key';
  const emails = userIds.map(parseMailbox).filter((email) => email !== undefined);
  if (emails.some((email) => matchEmail(email, committer.email))) return undefined;
  const wanted = printable(emails.join(', ')) || 'no e-mail address';
  return `The committer is ${printable(committer.email)}, and the key is for ${wanted}`;
}

function timeText(atMs: number): string {
  return new Date(atMs).toISOString();
}
