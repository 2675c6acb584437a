/** Whether a line of allowed_signers accepts a signature, at a time. Source: ssh-keygen(1), ALLOWED SIGNERS. */
import type { WallMs } from '../../base/clock.ts';
import { rejected, type Rejected } from '../verification.ts';
import { matchPatternList } from './match-pattern-list.ts';
import type { AllowedSigner } from './parse-allowed-signers.ts';
import type { SshCertificate } from './parse-certificate.ts';
import { quoteName } from './parse-public-key.ts';
import type { SshSignature } from './parse-ssh-signature.ts';

/** The namespace in which git signs (gpg-interface.c). A signature for a file must not pass for one of a commit. */
export const GIT_NAMESPACE = 'git';

export interface AcceptedSigner {
  readonly status: 'accepted';
  /**
   * The identity that was asked for. Where none was: of a key, the principals of its line as written; of a certificate, its
   * own principal that the line accepts.
   */
  readonly principal: string;
}

export interface MatchOptions {
  readonly times: ValidityTimes;
  /** The address that must be a principal of the line, and of the certificate. `undefined`: any is accepted. */
  readonly identity: string | undefined;
}

/** Moments at which key and certificate must be valid, and how a message calls each. */
export type ValidityTimes = readonly (readonly [string, WallMs])[];

/** Looks at every line: one that accepts is enough, else the first line of this key says why not. */
export function matchAllowedSigner(
  signature: SshSignature,
  allowedSigners: readonly AllowedSigner[],
  options: MatchOptions,
): AcceptedSigner | Rejected {
  const { key, certificate } = signature;
  const signing = certificate?.authority ?? key;
  const lines = allowedSigners.filter(
    ({ isAuthority, key: { fingerprint } }) =>
      isAuthority === (certificate !== undefined) && fingerprint === signing.fingerprint,
  );
  let refusal: Rejected | undefined;
  for (const line of lines) {
    const verdict = judgeLine(line, certificate, options);
    if (verdict.status === 'accepted') return verdict;
    refusal ??= verdict;
  }
  return refusal ?? refuseUnknown(signature);
}

function refuseUnknown({ key, certificate }: SshSignature): Rejected {
  if (certificate === undefined) {
    return rejected('unknown_key', `No line of allowed_signers has the key ${key.fingerprint}`);
  }
  return rejected(
    'unknown_key',
    `No line of allowed_signers with cert-authority has the key ${certificate.authority.fingerprint}`,
  );
}

function judgeLine(
  line: AllowedSigner,
  certificate: SshCertificate | undefined,
  { times, identity }: MatchOptions,
): AcceptedSigner | Rejected {
  const principal = findPrincipal(line, certificate, identity);
  if (principal === undefined) return refuseIdentity(line, certificate, identity);
  return judgeLineUse(line, certificate, times) ?? { status: 'accepted', principal };
}

/** Why a line accepts nobody's signature of a commit at these times, whoever the key is for. */
export function judgeLineUse(
  line: AllowedSigner,
  certificate: SshCertificate | undefined,
  times: ValidityTimes,
): Rejected | undefined {
  if (line.namespaces !== undefined && !matchPatternList(GIT_NAMESPACE, line.namespaces)) {
    return rejected(
      'wrong_usage',
      `Line ${line.line} of allowed_signers accepts the key for the namespaces ${quoteName(line.namespaces)}, not for "${GIT_NAMESPACE}"`,
    );
  }
  return times.map((time) => judgeTime(line, certificate, time)).find(isDefined);
}

function findPrincipal(
  { principals: accepted }: AllowedSigner,
  certificate: SshCertificate | undefined,
  identity: string | undefined,
): string | undefined {
  if (certificate === undefined) {
    return identity === undefined || matchPatternList(identity, accepted)
      ? (identity ?? accepted)
      : undefined;
  }
  return certificate.principals.find(
    (principal) =>
      (identity === undefined || principal === identity) &&
      // With the characters of patterns it would be read as one by whoever compares it with an address.
      !/[*?!,]/u.test(principal) &&
      matchPatternList(principal, accepted),
  );
}

function refuseIdentity(
  { line, principals }: AllowedSigner,
  certificate: SshCertificate | undefined,
  identity: string | undefined,
): Rejected {
  const place = `${quoteName(principals)}, line ${line} of allowed_signers`;
  const committer = identity === undefined ? '' : `the committer ${quoteName(identity)} and `;
  const signer =
    certificate === undefined ? 'The key is not for' : 'The SSH certificate is not for';
  return rejected('identity_not_accepted', `${signer} ${committer}one of ${place}`);
}

const MS_PER_SECOND = 1000;

function judgeTime(
  { line, validAfterMs = -Infinity, validBeforeMs = Infinity }: AllowedSigner,
  certificate: SshCertificate | undefined,
  [moment, atMs]: readonly [string, WallMs],
): Rejected | undefined {
  // Times of SSH are whole seconds; the last second of valid-before still counts.
  const secondMs = Math.floor(atMs / MS_PER_SECOND) * MS_PER_SECOND;
  if (secondMs < validAfterMs || secondMs > validBeforeMs) {
    return rejected(
      'key_not_valid',
      `The times of line ${line} of allowed_signers do not include ${moment}, ${formatTime(atMs)}`,
    );
  }
  if (certificate === undefined) return undefined;
  if (secondMs >= certificate.validAfterMs && secondMs < certificate.validBeforeMs) {
    return undefined;
  }
  return rejected(
    'key_not_valid',
    `The SSH certificate is valid from ${formatTime(certificate.validAfterMs)} until ${formatTime(certificate.validBeforeMs)}, which does not include ${moment}, ${formatTime(atMs)}`,
  );
}

function formatTime(ms: WallMs): string {
  return new Date(ms).toISOString();
}

function isDefined<Value>(value: Value | undefined): value is Value {
  return value !== undefined;
}
