/**
 * Verifies a signature of gitsign: CMS by a short-lived certificate of Fulcio, and the proof that the signature stood in
 * Rekor's log while the certificate was valid. The proof comes with the commit, so that no log is asked.
 */
import { createHash } from 'node:crypto';
import type { WallMs } from '../../base/clock.ts';
import { printable } from '../../base/printable.ts';
import { formatDer, formatSequence, readOctetString } from '../../base/parse-ber.ts';
import { parseSignedData, type SignedData } from '../cms/parse-signed-data.ts';
import { CMS_LIMITS } from '../cms/settings.ts';
import { verifySignedData, type Signer, type StrongHash } from '../cms/verify-signed-data.ts';
import { matchEmail, type Committer } from '../match-committer.ts';
import { rejected, verifiedBy, type Rejected, type Verification } from '../verification.ts';
import { formatLogBody, type LogBodyVersion } from './format-log-body.ts';
import { matchIdentity, type AcceptedIdentity } from '../sigstore/match-identity.ts';
import { parseFulcioIdentity, type FulcioIdentity } from '../sigstore/parse-fulcio-identity.ts';
import { parseLogEntry } from './parse-log-entry.ts';
import { classifyCertificateUsage } from '../sigstore/classify-certificate-usage.ts';
import { formatEntityFault, rejectLogEntry } from '../sigstore/format-entity-fault.ts';
import type { EntityFault } from '../sigstore/format-entity-fault.ts';
import type { LogEntry } from '../sigstore/log-entry.ts';
import { findEntityFault } from '../sigstore/sigstore-library.ts';
import type { LoggedEntity, TrustedRoot } from '../sigstore/sigstore-library.ts';

/** Whose signatures count. */
export interface GitsignTrust {
  /** Any of them; each is one instance of sigstore. */
  readonly roots: readonly TrustedRoot[];
  /** Any of them. */
  readonly identities: readonly AcceptedIdentity[];
  /**
   * An e-mail address as subject must be the committer's; a URI or a user name must be the committer's name, as gitsign
   * writes it with `matchCommitter`.
   */
  readonly committerMatch: boolean;
}

/** A signature over bytes, and what to judge it by. */
export interface GitsignRequest {
  /** The commit without its signature headers, or the tag without its signature. */
  readonly payload: Uint8Array;
  /** The armored block. */
  readonly signature: Uint8Array;
  readonly trust: GitsignTrust;
  /** Of a commit its committer, of a tag its tagger. */
  readonly committer?: Committer | undefined;
  readonly nowMs: WallMs;
}

const LOG_ENTRY = '1.3.6.1.4.1.57264.3.1';
const TIMESTAMP = '1.2.840.113549.1.9.16.2.14';
const CLOCK_SKEW_MS = CMS_LIMITS['signature.cms.clockSkewMs'].default;
const MS_PER_SECOND = 1000;

/** Never throws: what cannot be read is rejected. */
export function verifyGitsignSignature(request: GitsignRequest): Verification {
  const signedData = parseSignedData(request.signature);
  if ('code' in signedData) return signedData;
  const signer = verifySignedData(signedData, request.payload);
  if ('code' in signer) return signer;
  const fault =
    classifyCertificateUsage(signer.certificate) ?? findProofFault(signedData, signer, request);
  if (fault !== undefined) return fault;
  const identity = parseFulcioIdentity(signer.certificate);
  if (identity === undefined) {
    return rejected(
      'certificate_invalid',
      'The certificate does not name one issuer and one subject, as those of Fulcio do',
    );
  }
  return judgeIdentity(identity, request);
}

function findProofFault(
  signedData: SignedData,
  signer: Signer,
  { trust, nowMs }: GitsignRequest,
): Rejected | undefined {
  const attribute = signedData.unsignedAttributes.get(LOG_ENTRY);
  if (attribute === undefined) {
    return rejected(
      'transparency_log_entry_missing',
      'The signature brings no proof from the transparency log: sign with "git config gitsign.rekorMode offline"',
    );
  }
  const entry = parseLogEntry(readOctetString(attribute) ?? Buffer.from([0]));
  if (entry === undefined) return rejectLogEntry('it cannot be read');
  if (entry.kind !== 'hashedrekord' || (entry.version !== '0.0.1' && entry.version !== '0.0.2')) {
    return rejectLogEntry(
      `it is of the kind "${printable(entry.kind)}" ${printable(entry.version)}`,
    );
  }
  if (Number(entry.integratedTime) * MS_PER_SECOND > nowMs + CLOCK_SKEW_MS) {
    return rejected('future_signature', 'The transparency log dates the entry in the future');
  }
  let found: EntityFault | undefined;
  for (const entity of listEntities(signedData, signer, { ...entry, version: entry.version })) {
    for (const root of trust.roots) {
      const fault = findEntityFault(entity, root);
      if (fault === undefined) return undefined;
      found ??= fault;
    }
  }
  if (found !== undefined) return formatEntityFault(found);
  return rejected('certificate_invalid', 'No trusted root is given for gitsign');
}

/** gitsign has always told Rekor v1 the SHA-256, also where the key signs with another hash. */
function listEntities(
  { attributes, signature, unsignedAttributes }: SignedData,
  { certificate, scheme }: Signer,
  entry: LogEntry & { readonly version: LogBodyVersion },
) {
  const hashes = new Set<StrongHash>(['sha256', scheme.hash ?? 'sha512']);
  const token = unsignedAttributes.get(TIMESTAMP);
  return [...hashes].map((hash): LoggedEntity => {
    const { raw, publicKey } = certificate;
    const { signedBytes } = attributes;
    const digest = createHash(hash).update(signedBytes).digest();
    const body = formatLogBody(entry.version, {
      certificate: raw,
      publicKey,
      signature,
      hash,
      digest,
    });
    const timestamps = token === undefined ? [] : [formatTimestampResponse(formatDer(token))];
    return {
      signer: { kind: 'certificate', certificate: raw },
      signature,
      signedBytes,
      schemes: [scheme],
      entries: [{ ...entry, body }],
      timestamps,
    };
  });
}

/** RFC 3161 section 2.4.2: the commit has the token, and the library reads a response, which is a status and the token. */
function formatTimestampResponse(token: Buffer): Buffer {
  const granted = Buffer.from([0x30, 0x03, 0x02, 0x01, 0x00]);
  return formatSequence([granted, token]);
}

function judgeIdentity(
  identity: FulcioIdentity,
  { trust, committer }: GitsignRequest,
): Verification {
  const { issuer, subject } = identity;
  if (!matchIdentity(identity, trust.identities)) {
    return rejected(
      'identity_not_accepted',
      `"${printable(subject)}" by the issuer "${printable(issuer)}" is not among those who may sign`,
    );
  }
  if (trust.committerMatch && !isCommitter(identity, committer)) {
    const found = committer === undefined ? 'not known' : `${committer.name} <${committer.email}>`;
    return rejected(
      'identity_not_accepted',
      `The committer is ${printable(found)}, and the certificate is for "${printable(subject)}"`,
    );
  }
  return verifiedBy({ scheme: 'gitsign', issuer, subject });
}

function isCommitter(
  { subject, subjectKind }: FulcioIdentity,
  committer: Committer | undefined,
): boolean {
  if (committer === undefined) return false;
  return subjectKind === 'email'
    ? matchEmail(subject, committer.email)
    : subject === committer.name;
}
