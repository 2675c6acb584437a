/**
 * Whether a chain of certificates counts at a time: validity, purposes, limits of authorities, strength and revocation.
 *
 * Source: RFC 5280 sections 4.2, 6.1 and 6.3.
 */
import type { WallMs } from '../../base/clock.ts';
import { classifyPublicKey } from '../cms/classify-public-key.ts';
import { readKeyUsage, readPathLength, readPurposes } from '../cms/certificate-extensions.ts';
import type { Certificate } from '../cms/parse-certificate.ts';
import { findSignatureScheme, isSignatureOver } from '../cms/verify-signed-data.ts';
import { rejected, type Rejected, type Undetermined } from '../verification.ts';
import type { Chain } from './find-chain.ts';
import { formatDistinguishedName } from './format-distinguished-name.ts';
import type { RevocationList } from './import-revocation-lists.ts';

/** A chain and what to judge it by. */
export interface ChainQuestion {
  readonly chain: Chain;
  readonly lists: readonly RevocationList[];
  /** When each certificate must be valid. */
  readonly validAtMs: WallMs;
  /** A certificate that was superseded or given up after this time still counts; undefined: none does. */
  readonly softRevocationsFromMs: WallMs | undefined;
  readonly nowMs: WallMs;
}

const EXTENSIONS = {
  subjectKeyId: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAlternativeName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  nameConstraints: '2.5.29.30',
  revocationPoints: '2.5.29.31',
  policies: '2.5.29.32',
  authorityKeyId: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
} as const;
/** Name constraints are not among them: what is not checked must not be passed over. */
const KNOWN_EXTENSIONS: ReadonlySet<string> = new Set(
  Object.values(EXTENSIONS).filter((id) => id !== EXTENSIONS.nameConstraints),
);
/** E-mail protection, code signing, any purpose. */
const PURPOSES = ['1.3.6.1.5.5.7.3.4', '1.3.6.1.5.5.7.3.3', '2.5.29.37.0'];
/** Bits of the first octet (RFC 5280 section 4.2.1.3). */
const USAGE = { digitalSignature: 0x80, contentCommitment: 0x40, certificate: 0x04, list: 0x02 };
/** A list that is overdue is replaced by a file or a ConfigMap: within minutes, if at all. */
const RETRY_AFTER_MS = 60_000;

/** Undefined: the chain counts. */
export function decideChainValidity(question: ChainQuestion): Rejected | Undetermined | undefined {
  const { chain, validAtMs } = question;
  const [signer, ...authorities] = chain;
  const usage = findSignerFault(signer);
  if (usage !== undefined) return usage;
  for (const [index, authority] of authorities.entries()) {
    const fault = findAuthorityFault(authority, index);
    if (fault !== undefined) return invalid(authority, fault);
  }
  for (const certificate of chain) {
    const fault = findFault(certificate, validAtMs, certificate === signer);
    if (fault !== undefined) return fault;
  }
  let certificate = signer;
  for (const issuer of authorities) {
    // The trusted authority at the end is there because somebody has put it there, whatever hash it has.
    if (findSignatureScheme(certificate.signatureAlgorithm) === undefined) {
      const name = formatDistinguishedName(certificate.subject);
      return rejected('weak_hash', `The certificate of "${name}" is signed with a weak hash`);
    }
    const fault = findRevocation(certificate, issuer, question);
    if (fault !== undefined) return fault;
    certificate = issuer;
  }
  return undefined;
}

/** Why nothing that an authority has issued counts at a time; revocation lists are asked for its chain. */
export function decideAuthorityValidity(
  authority: Certificate,
  validAtMs: WallMs,
): Rejected | undefined {
  const fault = findAuthorityFault(authority, 0);
  return fault === undefined ? findFault(authority, validAtMs, false) : invalid(authority, fault);
}

function findSignerFault(signer: Certificate): Rejected | undefined {
  if (signer.x509.ca) {
    return rejected(
      'wrong_usage',
      'The certificate is that of an authority, which signs no commits',
    );
  }
  const wanted = USAGE.digitalSignature | USAGE.contentCommitment;
  if (!mayUse(signer, wanted) || !hasPurpose(signer)) {
    return rejected('wrong_usage', 'The certificate is not for signing e-mail or code');
  }
  return undefined;
}

function findAuthorityFault(authority: Certificate, authoritiesBelow: number): string | undefined {
  if (!authority.x509.ca || !mayUse(authority, USAGE.certificate)) {
    return 'may not issue certificates';
  }
  if (!hasPurpose(authority)) return 'may not issue certificates for signing e-mail or code';
  const depth = readPathLength(authority);
  if (depth !== undefined && authoritiesBelow > depth) {
    return 'may not have that many authorities below';
  }
  return undefined;
}

/** What holds for signers and authorities alike. */
function findFault(
  certificate: Certificate,
  validAtMs: WallMs,
  isSigner: boolean,
): Rejected | undefined {
  const { notBeforeMs, notAfterMs, extensions, publicKey } = certificate;
  const name = formatDistinguishedName(certificate.subject);
  const validity = `The certificate of "${name}" is valid from ${day(notBeforeMs)} to ${day(notAfterMs)}`;
  if (validAtMs > notAfterMs) {
    return rejected(isSigner ? 'key_expired' : 'certificate_invalid', validity);
  }
  if (validAtMs < notBeforeMs) {
    return rejected(isSigner ? 'key_not_valid' : 'certificate_invalid', validity);
  }
  const unknown = [...extensions].find(
    ([id, { isCritical }]) =>
      id === EXTENSIONS.nameConstraints || (isCritical && !KNOWN_EXTENSIONS.has(id)),
  );
  if (unknown !== undefined) {
    return invalid(certificate, `has the extension ${unknown[0]}, which is not checked here`);
  }
  const weakness = classifyPublicKey(publicKey);
  if (weakness !== undefined) {
    return rejected(weakness.code, `The key of "${name}" has ${weakness.found}`);
  }
  return undefined;
}

function findRevocation(
  { serial, subject }: Certificate,
  issuer: Certificate,
  { lists, nowMs, softRevocationsFromMs }: ChainQuestion,
): Rejected | Undetermined | undefined {
  const name = formatDistinguishedName(subject);
  const own = lists.filter((list) => list.issuer.equals(issuer.subject));
  const signed = own.filter(
    ({ signedBytes, scheme, signature }) =>
      mayUse(issuer, USAGE.list) &&
      isSignatureOver(signedBytes, { key: issuer.publicKey, scheme, signature }),
  );
  const entry = signed
    .map(({ revoked }) => revoked.get(serial.toString('hex')))
    .find((found) => found !== undefined);
  if (entry !== undefined) {
    const isLater = softRevocationsFromMs !== undefined && entry.atMs > softRevocationsFromMs;
    if (isLater && !entry.isHard) return undefined;
    return rejected(
      'key_revoked',
      `The certificate of "${name}" was revoked on ${day(entry.atMs)}`,
    );
  }
  const isCurrent = signed.some(
    ({ nextUpdateMs }) => nextUpdateMs === undefined || nextUpdateMs > nowMs,
  );
  if (own.length === 0 || isCurrent) return undefined;
  return {
    status: 'unavailable',
    reason: `The revocation list of "${formatDistinguishedName(issuer.subject)}" is overdue or not signed by it: give the current one`,
    retryAfterMs: RETRY_AFTER_MS,
  };
}

/** Without the extension, a key may be used for everything. */
function mayUse(certificate: Certificate, wanted: number): boolean {
  const usage = readKeyUsage(certificate);
  return usage === undefined || (usage & wanted) !== 0;
}

/** Without the extension, a certificate is for every purpose; one of an authority limits those below. */
function hasPurpose(certificate: Certificate): boolean {
  const purposes = readPurposes(certificate);
  return purposes === undefined || PURPOSES.some((purpose) => purposes.includes(purpose));
}

function invalid({ subject }: Certificate, why: string): Rejected {
  return rejected('certificate_invalid', `"${formatDistinguishedName(subject)}" ${why}`);
}

function day(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}
