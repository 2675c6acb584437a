/**
 * What a verifier concludes about one signed object, a commit, a tag or an image: one type for all schemes.
 *
 * A `Verified` can only be built here, by `verifiedBy`, which only verifiers may import (a tidy test holds that). What was merely
 * found (a signature block, an attestation, a key) has another type, so no list of findings can pass for a verdict.
 */

/** Signed by somebody whom the given trust accepts. */
export interface Verified {
  readonly status: 'verified';
  readonly signer: Signer;
  readonly [proof]: true;
}

/** The signature does not count. This is final for these bytes and this trust. */
export interface Rejected {
  readonly status: 'rejected';
  readonly code: RejectionCode;
  /** One sentence, without a period, that says what was wanted and what was found. */
  readonly reason: string;
}

/** Nobody can tell yet, as something that verification needs did not answer. It is never stored as a verdict. */
export interface Undetermined {
  readonly status: 'unavailable';
  readonly reason: string;
  /** How long to wait before it is tried again. */
  readonly retryAfterMs: number;
}

export type Verification = Verified | Rejected | Undetermined;

/** Who signed, in the words of the scheme. Fingerprints are compared whole, never a shortened key ID. */
export type Signer =
  | {
      readonly scheme: 'openpgp';
      /** Of the primary key: upper-case hexadecimal, 40 or 64 digits. */
      readonly fingerprint: string;
      /** Of the key that signed, the primary key or a subkey. */
      readonly signingKeyFingerprint: string;
      /** User IDs that are neither revoked nor without a valid self-signature. */
      readonly userIds: readonly string[];
    }
  | {
      readonly scheme: 'ssh';
      /** The principal of the line in allowed_signers that accepts the key. */
      readonly principal: string;
      /** `SHA256:…` as ssh-keygen prints it; of the certified key where a certificate signed. */
      readonly fingerprint: string;
      /** `SHA256:…` of the certificate authority, where a certificate signed. */
      readonly authorityFingerprint?: string | undefined;
    }
  | {
      readonly scheme: 'gitsign';
      /** The OpenID Connect issuer (Fulcio extension 1.3.6.1.4.1.57264.1.8, else .1). */
      readonly issuer: string;
      /** The subject alternative name: an e-mail address, a URI or a user name. */
      readonly subject: string;
    }
  | {
      readonly scheme: 'cosign';
      readonly method: 'key';
      /** SHA-256 of the SubjectPublicKeyInfo: lower-case hexadecimal. */
      readonly fingerprint: string;
    }
  | {
      readonly scheme: 'cosign';
      readonly method: 'certificate';
      /** As for gitsign. */
      readonly issuer: string;
      readonly subject: string;
    }
  | {
      readonly scheme: 'x509';
      /** RFC 4514, of the certificate that signed. */
      readonly subject: string;
      /** RFC 4514, of its issuer. */
      readonly issuer: string;
      /** SHA-256 of the certificate: lower-case hexadecimal. */
      readonly fingerprint: string;
      readonly emails: readonly string[];
    };

/** Why a signature does not count. Codes are stable: they stand in denials, records and the output of commands. */
export const REJECTION_CODES = [
  'unsigned',
  'malformed_object',
  'malformed_signature',
  'multiple_signatures',
  'bad_signature',
  'unknown_key',
  'unsupported_key',
  'unsupported_signature',
  'weak_key',
  'weak_hash',
  'wrong_namespace',
  'wrong_usage',
  'subject_mismatch',
  'predicate_type_mismatch',
  'too_few_signatures',
  'attestation_missing',
  'malformed_attestation',
  'builder_not_accepted',
  'source_not_accepted',
  'source_ambiguous',
  'source_contradicted',
  'user_presence_missing',
  'key_expired',
  'key_revoked',
  'key_not_valid',
  'signature_expired',
  'future_signature',
  'certificate_invalid',
  'identity_not_accepted',
  'transparency_log_entry_missing',
  'transparency_log_entry_invalid',
  'limit_exceeded',
] as const;

export type RejectionCode = (typeof REJECTION_CODES)[number];

declare const proof: unique symbol;

/** Builds the verdict of a verifier that has checked signature, key and trust. */
export function verifiedBy(signer: Signer): Verified;
/** The brand exists in the type alone: no other code can name it. */
export function verifiedBy(signer: Signer): Omit<Verified, typeof proof> {
  return { status: 'verified', signer };
}

/** Builds a final refusal. */
export function rejected(code: RejectionCode, reason: string): Rejected {
  return { status: 'rejected', code, reason };
}
