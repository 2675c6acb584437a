/** Verifies a CMS signature by a certificate of an authority that is trusted: smimesign, gpgsm, `openssl cms`. */
import type { WallMs } from '../../base/clock.ts';
import { printable } from '../../base/printable.ts';
import { parseBer } from '../../base/parse-ber.ts';
import { parseCertificate, type Certificate } from '../cms/parse-certificate.ts';
import { parseSignedData, type SignedData } from '../cms/parse-signed-data.ts';
import { CMS_LIMITS } from '../cms/settings.ts';
import { verifySignedData, type Signer } from '../cms/verify-signed-data.ts';
import type { KeyValidity } from '../key-validity.ts';
import { matchEmail, type Committer } from '../match-committer.ts';
import {
  rejected,
  verifiedBy,
  type Rejected,
  type Undetermined,
  type Verification,
} from '../verification.ts';
import { decideChainValidity } from './decide-chain-validity.ts';
import { findChains } from './find-chain.ts';
import { formatDistinguishedName } from './format-distinguished-name.ts';
import type { RevocationList } from './import-revocation-lists.ts';

/** Whose signatures count, and how strictly. */
export interface X509Trust {
  /** Every signer with a certificate of one of them counts: give authorities that certify your people alone. */
  readonly authorities: readonly Certificate[];
  /** Of an authority without a list, nothing is known to be revoked. */
  readonly revocationLists: readonly RevocationList[];
  readonly keyValidity: KeyValidity;
  /** The committer's e-mail address must be one of the certificate. */
  readonly committerMatch: boolean;
}

/** A signature over bytes, and what to judge it by. */
export interface X509Request {
  /** The commit without its signature headers, or the tag without its signature. */
  readonly payload: Uint8Array;
  /** The armored block. */
  readonly signature: Uint8Array;
  readonly trust: X509Trust;
  /** Of a commit its committer, of a tag its tagger. */
  readonly committer?: Committer | undefined;
  readonly nowMs: WallMs;
}

const CLOCK_SKEW_MS = CMS_LIMITS['signature.cms.clockSkewMs'].default;
const SUBJECT_ALTERNATIVE_NAME = '2.5.29.17';
const EMAIL_TAG = 0x81;

/** Never throws: what cannot be read is rejected. */
export function verifyX509Signature(request: X509Request): Verification {
  const signedData = parseSignedData(request.signature);
  if ('code' in signedData) return signedData;
  const signer = verifySignedData(signedData, request.payload);
  if ('code' in signer) return signer;
  const fault =
    findTimeFault(signedData, signer, request) ?? findChainFault(signedData, signer, request);
  if (fault !== undefined) return fault;
  const { certificate } = signer;
  const emails = listEmails(certificate);
  if (request.trust.committerMatch) {
    const { committer } = request;
    if (committer === undefined || !emails.some((email) => matchEmail(email, committer.email))) {
      const found = committer === undefined ? 'not known' : committer.email;
      const wanted = emails.join(', ') || 'no e-mail address';
      return rejected(
        'identity_not_accepted',
        `The committer is ${printable(found)}, and the certificate is for ${printable(wanted)}`,
      );
    }
  }
  return verifiedBy({
    scheme: 'x509',
    subject: formatDistinguishedName(certificate.subject),
    issuer: formatDistinguishedName(certificate.issuer),
    fingerprint: certificate.x509.fingerprint256.replaceAll(':', '').toLowerCase(),
    emails,
  });
}

function findTimeFault(
  { attributes: { signingTimeMs } }: SignedData,
  { certificate }: Signer,
  { trust, nowMs }: X509Request,
): Rejected | undefined {
  if (signingTimeMs === undefined) {
    return trust.keyValidity === 'now'
      ? undefined
      : rejected('key_not_valid', 'The signature does not say when it was made');
  }
  const time = new Date(signingTimeMs).toISOString();
  if (signingTimeMs > nowMs + CLOCK_SKEW_MS) {
    return rejected('future_signature', `The signature is of ${time}, which is in the future`);
  }
  if (signingTimeMs < certificate.notBeforeMs || signingTimeMs > certificate.notAfterMs) {
    const isLate = signingTimeMs > certificate.notAfterMs;
    return rejected(
      isLate ? 'key_expired' : 'key_not_valid',
      `The signature is of ${time}, when its certificate was not valid`,
    );
  }
  return undefined;
}

function findChainFault(
  { certificates, attributes: { signingTimeMs } }: SignedData,
  { certificate }: Signer,
  { trust, nowMs }: X509Request,
): Rejected | Undetermined | undefined {
  const intermediates = certificates.map(parseCertificate).filter((one) => one !== undefined);
  const chains = findChains(certificate, { authorities: trust.authorities, intermediates });
  let fault: Rejected | Undetermined | undefined;
  for (const chain of chains) {
    const found = decideChainValidity({
      chain,
      lists: trust.revocationLists,
      validAtMs: trust.keyValidity === 'now' ? nowMs : (signingTimeMs ?? nowMs),
      softRevocationsFromMs: trust.keyValidity === 'now' ? undefined : signingTimeMs,
      nowMs,
    });
    if (found === undefined) return undefined;
    fault ??= found;
  }
  return (
    fault ??
    rejected(
      'certificate_invalid',
      `The certificate of "${formatDistinguishedName(certificate.subject)}", issued by "${formatDistinguishedName(certificate.issuer)}", does not lead to a trusted authority`,
    )
  );
}

function listEmails({ extensions }: Certificate): readonly string[] {
  const names = extensions.get(SUBJECT_ALTERNATIVE_NAME)?.value;
  const elements = names === undefined ? [] : (parseBer(names)?.children ?? []);
  return elements
    .filter(({ tag }) => tag === EMAIL_TAG)
    .map(({ content }) => content.toString('latin1'));
}
