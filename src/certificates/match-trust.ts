/**
 * Whether the API server trusts what is served, by the authorities of a caBundle. Source: Go's crypto/x509, Certificate.Verify,
 * as far as it concerns a server's chain.
 */
import type { X509Certificate } from 'node:crypto';
import type { WallMs } from '../base/clock.ts';

export interface TrustQuestion {
  /** What is served, the leaf first. */
  readonly chain: readonly X509Certificate[];
  readonly authorities: readonly X509Certificate[];
  readonly nowMs: WallMs;
}

/** Longer chains are made to keep somebody busy. */
const CHAIN_CERTIFICATES_MAX = 8;

/** The authorities by which the chain is trusted; none where it is not, or is not valid now. */
export function matchAuthorities(question: TrustQuestion): readonly X509Certificate[] {
  const { authorities, nowMs } = question;
  const [leaf, ...others] = question.chain.slice(0, CHAIN_CERTIFICATES_MAX);
  if (leaf === undefined) return [];
  const valid = authorities.filter((authority) => isValid(authority, nowMs));
  const seen = new Set<X509Certificate>();
  for (
    let current: X509Certificate | undefined = leaf;
    current !== undefined && !seen.has(current) && isValid(current, nowMs);
  ) {
    const subject: X509Certificate = current;
    seen.add(subject);
    const matching = valid.filter((authority) => isIssuedBy(subject, authority));
    if (matching.length > 0) return matching;
    current = others.find((other) => isIssuedBy(subject, other));
  }
  return [];
}

/** A certificate that is itself among the authorities is trusted, too. */
function isIssuedBy(certificate: X509Certificate, authority: X509Certificate): boolean {
  if (certificate.fingerprint256 === authority.fingerprint256) return true;
  return (
    authority.ca && certificate.checkIssued(authority) && certificate.verify(authority.publicKey)
  );
}

/** Whether the moment lies in the certificate's time. */
export function isValid({ validFromDate, validToDate }: X509Certificate, nowMs: WallMs): boolean {
  return validFromDate.getTime() <= nowMs && nowMs < validToDate.getTime();
}
