/** Verifies an SSH signature on a commit or tag: the cryptography, then the trust. */
import { createHash } from 'node:crypto';
import type { WallMs } from '../../base/clock.ts';
import type { KeyValidity } from '../key-validity.ts';
import { rejected, verifiedBy, type Rejected, type Verification } from '../verification.ts';
import { GIT_NAMESPACE, matchAllowedSigner, type ValidityTimes } from './match-allowed-signer.ts';
import { matchRevocation } from './match-revocation.ts';
import type { AllowedSigner } from './parse-allowed-signers.ts';
import { quoteName } from './parse-public-key.ts';
import { parseSshSignature, type SshSignature } from './parse-ssh-signature.ts';
import type { RevokedKeys } from './revoked-keys.ts';
import { encodeSignedData, verifyBytes } from './verify-bytes.ts';

export interface SshTrust {
  readonly allowedSigners: readonly AllowedSigner[];
  readonly revoked: RevokedKeys;
  readonly keyValidity: KeyValidity;
  /** Whether the committer's address must be a principal of the signer. */
  readonly committerMatch: boolean;
}

export interface SshVerificationOptions {
  /** What was signed: the object without its signature. */
  readonly payload: Uint8Array;
  /** The armored block. */
  readonly signature: Buffer;
  readonly trust: SshTrust;
  /** The time that the commit or tag claims for itself. */
  readonly committedAtMs: WallMs;
  /** As the commit or tag names the person. */
  readonly committer: { readonly email: string };
  readonly nowMs: WallMs;
}

/** The verdict on one signature. Pure: the same arguments give the same verdict. Never throws. */
export function verifySshSignature(options: SshVerificationOptions): Verification {
  const { payload, trust, committedAtMs, nowMs } = options;
  const parsedSignature = parseSshSignature(options.signature);
  if (parsedSignature.status === 'rejected') return parsedSignature;
  const signature = parsedSignature.value;
  const { key, certificate } = signature;
  const refusal = refuseContent(payload, signature);
  if (refusal !== undefined) return refusal;
  const revocation = matchRevocation(trust.revoked, key, certificate);
  if (revocation !== undefined) return rejected('key_revoked', revocation);
  const times: ValidityTimes = [
    ['the time of the commit', committedAtMs],
    ...(trust.keyValidity === 'now' ? [['now', nowMs] as const] : []),
  ];
  const identity = trust.committerMatch ? options.committer.email : undefined;
  const accepted = matchAllowedSigner(signature, trust.allowedSigners, { times, identity });
  if (accepted.status === 'rejected') return accepted;
  return verifiedBy({
    scheme: 'ssh',
    principal: accepted.principal,
    fingerprint: key.fingerprint,
    authorityFingerprint: certificate?.authority.fingerprint,
  });
}

function refuseContent(payload: Uint8Array, signature: SshSignature): Rejected | undefined {
  const { key, certificate, namespace, hash } = signature;
  if (namespace !== GIT_NAMESPACE) {
    return rejected(
      'wrong_namespace',
      `The signature is for the namespace ${quoteName(namespace)}, not for "${GIT_NAMESPACE}"`,
    );
  }
  const digest = createHash(hash).update(payload).digest();
  const message = encodeSignedData(namespace, hash, digest);
  const verdict = verifyBytes(key, { message, signature: signature.signature });
  if (verdict.status === 'rejected') return verdict;
  return certificate && refuseOptions(certificate.criticalOptions, verdict.userVerified);
}

const VERIFY_REQUIRED = 'verify-required';

/** PROTOCOL.certkeys: "If an implementation does not recognise a critical option, it must refuse". */
function refuseOptions(options: readonly string[], userVerified: boolean): Rejected | undefined {
  const unknown = options.find((option) => option !== VERIFY_REQUIRED);
  if (unknown !== undefined) {
    return rejected(
      'certificate_invalid',
      `The SSH certificate has the critical option ${quoteName(unknown)}, which does not allow signing`,
    );
  }
  if (!options.includes(VERIFY_REQUIRED) || userVerified) return undefined;
  return rejected(
    'user_presence_missing',
    'The SSH certificate requires that the security key verifies its user, and it did not',
  );
}
