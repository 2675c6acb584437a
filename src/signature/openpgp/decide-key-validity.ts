/**
 * Whether a key may have made a signature at its time, and whether it counts today.
 *
 * The newest self-signature speaks for all times, as in gpg: a key that was renewed after it had expired was valid in between.
 */
import type { WallMs } from '../../base/clock.ts';
import type { KeyValidity } from '../key-validity.ts';
import type { RejectionCode } from '../verification.ts';
import type { Binding, SigningKey, TrustedKey, UserId } from './keyring.ts';

/** A key, the signature's date, and today. */
export interface KeyQuestion {
  readonly key: TrustedKey;
  /** The key of `key` that signed. */
  readonly signingKey: SigningKey;
  readonly signedMs: WallMs;
  readonly nowMs: WallMs;
  readonly clockSkewMs: number;
  readonly keyValidity: KeyValidity;
}

/** Why the key does not count. */
export interface KeyFault {
  readonly code: Extract<
    RejectionCode,
    'key_expired' | 'key_revoked' | 'key_not_valid' | 'wrong_usage'
  >;
  readonly reason: string;
}

/** Undefined: the key is valid. */
export function decideKeyValidity(question: KeyQuestion): KeyFault | undefined {
  const { key, signingKey, signedMs } = question;
  const [primary] = key.signingKeys;
  // Revocations first: a key in other hands must not be reported as merely expired.
  for (const one of primary === signingKey ? [primary] : [primary, signingKey]) {
    const revoked = findRevocation(one, question);
    if (revoked !== undefined) return revoked;
  }
  const statement = findPrimaryStatement(question);
  if (statement === undefined) {
    return fault(
      'key_not_valid',
      `The key ${nameOf(primary)} has no self-signature that is in force`,
    );
  }
  const binding = primary === signingKey ? statement : findInForce(signingKey.bindings, question);
  if (binding === undefined) {
    return fault(
      'key_not_valid',
      `The subkey ${nameOf(signingKey)} is not bound to ${nameOf(primary)} by a signature that is in force`,
    );
  }
  if (!binding.maySign) {
    return fault('wrong_usage', `The key ${nameOf(signingKey)} is not for signing`);
  }
  if (signedMs < signingKey.material.createdMs) {
    return fault(
      'key_not_valid',
      `The signature is of ${day(signedMs)}, before the key ${nameOf(signingKey)} was created on ${day(signingKey.material.createdMs)}`,
    );
  }
  return (
    findExpiry(primary, statement, question) ??
    (primary === signingKey ? undefined : findExpiry(signingKey, binding, question))
  );
}

/** User IDs that count today: certified by the key itself, and not revoked since. */
export function selectValidUserIds(
  userIds: readonly UserId[],
  question: Pick<KeyQuestion, 'nowMs' | 'clockSkewMs'>,
): readonly string[] {
  return userIds
    .filter((userId) => findCertification(userId, question) !== undefined)
    .map(({ text }) => text);
}

/** When the key stops counting, by the statements that are in force: its own end or that of its primary key. Undefined: never. */
export function findExpiryMs(question: KeyQuestion): number | undefined {
  const { key, signingKey } = question;
  const statements = [
    findPrimaryStatement(question),
    key.signingKeys[0] === signingKey ? undefined : findInForce(signingKey.bindings, question),
  ];
  const endsMs = statements.flatMap((statement) => statement?.keyExpiresMs ?? []);
  return endsMs.length === 0 ? undefined : Math.min(...endsMs);
}

function findRevocation(
  { revocations, material }: SigningKey,
  { signedMs, keyValidity }: KeyQuestion,
): KeyFault | undefined {
  const counts = revocations.find(
    ({ isHard, createdMs }) => isHard || keyValidity === 'now' || createdMs <= signedMs,
  );
  if (counts === undefined) return undefined;
  const why = counts.isHard ? 'as it may be in other hands' : 'as superseded or retired';
  return fault(
    'key_revoked',
    `The key ${material.fingerprint} was revoked on ${day(counts.createdMs)}, ${why}`,
  );
}

/** What the primary key says of itself, directly or with a user ID that still counts. */
function findPrimaryStatement(question: KeyQuestion): Binding | undefined {
  const { key } = question;
  const statements = [
    findInForce(key.signingKeys[0].bindings, question),
    ...key.userIds.map((userId) => findCertification(userId, question)),
  ].filter((statement) => statement !== undefined);
  return statements.toSorted((a, b) => b.createdMs - a.createdMs)[0];
}

function findCertification(
  { certifications, revokedMs }: UserId,
  question: Pick<KeyQuestion, 'nowMs' | 'clockSkewMs'>,
): Binding | undefined {
  const certification = findInForce(certifications, question);
  if (certification === undefined) return undefined;
  // Certified again after the revocation: the owner has changed their mind.
  const isRevoked = revokedMs.some((atMs) => atMs >= certification.createdMs);
  return isRevoked ? undefined : certification;
}

function findInForce(
  bindings: readonly Binding[],
  { nowMs, clockSkewMs }: Pick<KeyQuestion, 'nowMs' | 'clockSkewMs'>,
): Binding | undefined {
  return bindings.find(
    ({ createdMs, expiresMs }) =>
      createdMs <= nowMs + clockSkewMs && (expiresMs === undefined || expiresMs > nowMs),
  );
}

function findExpiry(
  { material }: SigningKey,
  { keyExpiresMs }: Binding,
  { signedMs, nowMs, keyValidity }: KeyQuestion,
): KeyFault | undefined {
  if (keyExpiresMs === undefined) return undefined;
  if (keyExpiresMs <= signedMs) {
    return fault(
      'key_expired',
      `The key ${material.fingerprint} had expired on ${day(keyExpiresMs)}, before it signed on ${day(signedMs)}`,
    );
  }
  if (keyValidity === 'now' && keyExpiresMs <= nowMs) {
    return fault('key_expired', `The key ${material.fingerprint} expired on ${day(keyExpiresMs)}`);
  }
  return undefined;
}

function nameOf({ material }: SigningKey): string {
  return material.fingerprint;
}

function day(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}

function fault(code: KeyFault['code'], reason: string): KeyFault {
  return { code, reason };
}
