/** Verifies who has signed a candidate, and when: by a key, or by a certificate with its entry of the log. */
import type { KeyObject } from 'node:crypto';
import type { WallMs } from '../../base/clock.ts';
import { classifyPublicKey } from '../cms/classify-public-key.ts';
import type { Certificate } from '../cms/parse-certificate.ts';
import { isSignatureOver, type SignatureScheme } from '../cms/verify-signed-data.ts';
import { classifyCertificateUsage } from '../sigstore/classify-certificate-usage.ts';
import { formatEntityFault, rejectLogEntry } from '../sigstore/format-entity-fault.ts';
import { isDigestOf } from '../sigstore/is-digest-of.ts';
import { matchIdentity, type AcceptedIdentity } from '../sigstore/match-identity.ts';
import { parseFulcioIdentity } from '../sigstore/parse-fulcio-identity.ts';
import { findEntityFault } from '../sigstore/sigstore-library.ts';
import type { LoggedEntity, TrustedRoot } from '../sigstore/sigstore-library.ts';
import { rejected, verifiedBy, type Rejected, type Verification } from '../verification.ts';
import type { Candidate, ClaimContent } from './candidate.ts';
import { formatQuoted } from './format-quoted.ts';
import type { ImageAuthority } from './image-rule.ts';
import { matchLoggedSigner } from './match-logged-signer.ts';
import { COSIGN_LIMITS } from './settings.ts';

const CLOCK_SKEW_MS = COSIGN_LIMITS['signature.cosign.clockSkewMs'].default;
const MS_PER_SECOND = 1000;

/** What a signature is over. */
export interface SignedBytes {
  readonly signedBytes: Buffer;
  /** What the log has hashed of an envelope. */
  readonly payload?: Buffer | undefined;
}

/** DSSE signs the type with the payload (secure-systems-lab/dsse, protocol.md). */
export function listSignedBytes(content: ClaimContent): SignedBytes {
  switch (content.kind) {
    case 'simple-signing':
      return { signedBytes: content.payload };
    case 'envelope': {
      const { payload, payloadType } = content;
      const type = Buffer.from(payloadType);
      const signedBytes = Buffer.concat([
        Buffer.from(`DSSEv1 ${type.length} `),
        type,
        Buffer.from(` ${payload.length} `),
        payload,
      ]);
      return { signedBytes, payload };
    }
  }
}

/** Says of an authority whether it has signed. */
export type Prover = (authority: ImageAuthority) => Verification;

/**
 * Verifies who signed these bytes, and when. Of a message the caller has the bytes. What costs milliseconds, a certificate with
 * its log, is verified once for each trusted root, however many authorities and wanted attestations ask.
 */
export function createProver(candidate: Candidate, signed: SignedBytes, nowMs: WallMs): Prover {
  const fault = findDigestFault(candidate, signed) ?? findFutureEntry(candidate, nowMs);
  if (fault !== undefined) return () => fault;
  const byRoot = new Map<TrustedRoot, Certificate | Rejected>();
  const byKey = new Map<ImageAuthority, Verification>();
  return (authority) => {
    if (authority.kind === 'key') {
      const proof = byKey.get(authority) ?? verifyByKey(candidate, signed, authority);
      byKey.set(authority, proof);
      return proof;
    }
    const { root, identities } = authority;
    const proven = byRoot.get(root) ?? proveCertificate(candidate, signed, root);
    byRoot.set(root, proven);
    return 'code' in proven ? proven : judge(proven, identities);
  };
}

/** Nothing relies on the digest; where it is wrong, the bundle is about other bytes. */
function findDigestFault(
  { content }: Candidate,
  { signedBytes }: SignedBytes,
): Rejected | undefined {
  if (content.kind !== 'message' || isDigestOf(content.digest, signedBytes)) return undefined;
  return rejected('bad_signature', 'The digest in the bundle is that of other bytes');
}

function findFutureEntry({ entries }: Candidate, nowMs: WallMs): Rejected | undefined {
  const isLater = entries.some(
    ({ integratedTime }) => Number(integratedTime) * MS_PER_SECOND > nowMs + CLOCK_SKEW_MS,
  );
  return isLater
    ? rejected('future_signature', 'The transparency log dates the entry in the future')
    : undefined;
}

function verifyByKey(
  candidate: Candidate,
  signed: SignedBytes,
  authority: Extract<ImageAuthority, { readonly kind: 'key' }>,
): Verification {
  const { key, fingerprint } = authority.key;
  const { signature, entries } = candidate;
  const schemes = listSchemes(key);
  const isSigned = schemes.some((scheme) =>
    isSignatureOver(signed.signedBytes, { key, scheme, signature }),
  );
  if (!isSigned) {
    return rejected('bad_signature', 'The key did not make this signature over these bytes');
  }
  const { root } = authority;
  if (root !== undefined) {
    const der = key.export({ format: 'der', type: 'spki' });
    const signer = { kind: 'key', key } as const;
    // A key is not bound to a time, so nothing relies on timestamps.
    const entity = { ...signed, signer, signature, schemes, entries, timestamps: [] };
    const fault = findLogFault(entity, { root, der });
    if (fault !== undefined) return fault;
  }
  return verifiedBy({ scheme: 'cosign', method: 'key', fingerprint });
}

/** The certificate that has signed, at a time when it was valid. */
function proveCertificate(
  candidate: Candidate,
  signed: SignedBytes,
  root: TrustedRoot,
): Certificate | Rejected {
  const { signer, signature, entries, timestamps } = candidate;
  if (signer.kind === 'key') {
    return rejected('unknown_key', 'It brings no certificate that names who has signed');
  }
  const { certificate } = signer;
  const weakness = findCertificateFault(certificate);
  if (weakness !== undefined) return weakness;
  const entity: LoggedEntity = {
    ...signed,
    signer: { kind: 'certificate', certificate: certificate.raw },
    signature,
    schemes: listSchemes(certificate.publicKey),
    entries,
    timestamps,
  };
  return findLogFault(entity, { root, der: certificate.raw }) ?? certificate;
}

function findCertificateFault(certificate: Certificate): Rejected | undefined {
  const weakness = classifyPublicKey(certificate.publicKey);
  if (weakness !== undefined) {
    return rejected(weakness.code, `The certificate has ${weakness.found}`);
  }
  return classifyCertificateUsage(certificate);
}

function findLogFault(
  entity: LoggedEntity,
  { root, der }: { readonly root: TrustedRoot; readonly der: Buffer },
): Rejected | undefined {
  if (entity.entries.length === 0) {
    return rejected(
      'transparency_log_entry_missing',
      'It brings no entry of the transparency log, which the trusted root asks for',
    );
  }
  // An entry about another signature or another signer proves nothing about this one (GHSA-whqx-f9j3-ch6m).
  if (!entity.entries.every((entry) => matchLoggedSigner(entry, der))) {
    return rejectLogEntry('the entry is about another signer');
  }
  const fault = findEntityFault(entity, root);
  return fault === undefined ? undefined : formatEntityFault(fault);
}

function judge(certificate: Certificate, identities: readonly AcceptedIdentity[]): Verification {
  const identity = parseFulcioIdentity(certificate);
  if (identity === undefined) {
    return rejected(
      'certificate_invalid',
      'The certificate does not name one issuer and one subject, as those of Fulcio do',
    );
  }
  const { issuer, subject } = identity;
  if (!matchIdentity(identity, identities)) {
    return rejected(
      'identity_not_accepted',
      `"${formatQuoted(subject)}" by the issuer "${formatQuoted(issuer)}" is not among those who may sign`,
    );
  }
  return verifiedBy({ scheme: 'cosign', method: 'certificate', issuer, subject });
}

/** cosign has signed with SHA-256 by every key, and signs with the hash of the key's size today. */
function listSchemes(key: KeyObject): readonly SignatureScheme[] {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (type === 'ed25519') return [{ hash: null, isPss: false }];
  const ownHash = HASH_OF_CURVE[details?.namedCurve ?? ''];
  const hashes = new Set(['sha256' as const, ownHash ?? ('sha256' as const)]);
  return [...hashes].map((hash) => ({ hash, isPss: false }));
}

const HASH_OF_CURVE: Readonly<Record<string, 'sha384' | 'sha512'>> = {
  secp384r1: 'sha384',
  secp521r1: 'sha512',
};
