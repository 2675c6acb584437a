/**
 * Verifies a signature of gitsign: CMS by a short-lived certificate of Fulcio, and the proof that the signature stood in
 * Rekor's log while the certificate was valid. The proof comes with the commit, so that no log is asked.
 */
import { createHash } from 'node:crypto';
import type { WallMs } from '../../base/clock.ts';
import { printable } from '../../base/printable.ts';
import { formatDer, formatSequence, readOctetString } from '../cms/parse-ber.ts';
import { readPurposes } from '../cms/certificate-extensions.ts';
import { parseSignedData, type SignedData } from '../cms/parse-signed-data.ts';
import { CMS_LIMITS } from '../cms/settings.ts';
import { verifySignedData, type Signer, type StrongHash } from '../cms/verify-signed-data.ts';
import { matchEmail, type Committer } from '../match-committer.ts';
import { rejected, verifiedBy, type Rejected, type Verification } from '../verification.ts';
import { formatLogBody, type LogBodyVersion } from './format-log-body.ts';
import { matchIdentity, type AcceptedIdentity } from './match-identity.ts';
import { parseFulcioIdentity, type FulcioIdentity } from './parse-fulcio-identity.ts';
import { parseLogEntry, type LogEntry } from './parse-log-entry.ts';
import { findEntityFault, type EntityFault, type TrustedRoot } from './sigstore-library.ts';

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
const CODE_SIGNING = '1.3.6.1.5.5.7.3.3';
const CLOCK_SKEW_MS = CMS_LIMITS['signature.cms.clockSkewMs'].default;
const MS_PER_SECOND = 1000;

/** Never throws: what cannot be read is rejected. */
export function verifyGitsignSignature(request: GitsignRequest): Verification {
  const signedData = parseSignedData(request.signature);
  if ('code' in signedData) return signedData;
  const signer = verifySignedData(signedData, request.payload);
  if ('code' in signer) return signer;
  const fault = findUsageFault(signer) ?? findProofFault(signedData, signer, request);
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

function findUsageFault({ certificate }: Signer): Rejected | undefined {
  const isForCode = readPurposes(certificate)?.includes(CODE_SIGNING) ?? false;
  if (isForCode && !certificate.x509.ca) return undefined;
  return rejected('wrong_usage', 'The certificate is not for signing code');
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
  if (entry === undefined) return invalid('it cannot be read');
  if (entry.kind !== 'hashedrekord' || (entry.version !== '0.0.1' && entry.version !== '0.0.2')) {
    return invalid(`it is of the kind "${printable(entry.kind)}" ${printable(entry.version)}`);
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
  return describeFault(found);
}

function describeFault(fault: EntityFault | undefined): Rejected {
  if (fault === undefined) {
    return rejected('certificate_invalid', 'No trusted root is given for gitsign');
  }
  const message = printable(fault.message);
  switch (fault.about) {
    case 'certificate':
      return rejected('certificate_invalid', `The certificate is not trusted: ${message}`);
    case 'signature':
      return rejected('bad_signature', `The signature does not match: ${message}`);
    case 'log':
      return invalid(message);
  }
}

/** gitsign has always told Rekor v1 the SHA-256, also where the key signs with another hash. */
function listEntities(
  { attributes, signature, unsignedAttributes }: SignedData,
  { certificate, scheme }: Signer,
  entry: LogEntry & { readonly version: LogBodyVersion },
) {
  const hashes = new Set<StrongHash>(['sha256', scheme.hash ?? 'sha512']);
  const token = unsignedAttributes.get(TIMESTAMP);
  return [...hashes].map((hash) => {
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
    return { certificate: raw, signature, signedBytes, digest, scheme, entry, body, timestamps };
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

function invalid(why: string): Rejected {
  return rejected(
    'transparency_log_entry_invalid',
    `The proof from the transparency log does not hold: ${why}`,
  );
}
