/** What the plan needs to know of a certificate on disk. Read by node:crypto: an implementation other than the one that issued it. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { parseAlternativeNames } from './parse-alternative-names.ts';

/** A certificate and its key as found; `damaged` where they are no certificate and key. */
export type CertificateFacts =
  | {
      readonly status: 'readable';
      readonly notBeforeMs: number;
      readonly notAfterMs: number;
      readonly isAuthority: boolean;
      /** The private key beside it belongs to it. */
      readonly keyMatches: boolean;
      /** It is signed by the authority it was read with; true for an authority read alone. */
      readonly issuedByAuthority: boolean;
      readonly dnsNames: readonly string[];
      readonly ipAddresses: readonly string[];
    }
  | { readonly status: 'missing' }
  | { readonly status: 'damaged'; readonly reason: string };

export interface PemPair {
  readonly certificatePem: string;
  readonly keyPem: string;
}

/** Reads a pair. `authorityPem` is the certificate it should be signed by; absent for an authority itself. */
export function readCertificateFacts(
  pair: PemPair | undefined,
  authorityPem?: string,
): CertificateFacts {
  if (pair === undefined) return { status: 'missing' };
  const certificate = attempt(() => new X509Certificate(pair.certificatePem));
  if (certificate === undefined) {
    return { status: 'damaged', reason: 'the certificate is not X.509 in PEM' };
  }
  const key = attempt(() => createPrivateKey(pair.keyPem));
  if (key === undefined) {
    return { status: 'damaged', reason: 'the key is not an unencrypted private key in PEM' };
  }
  return describe(certificate, key, authorityPem);
}

function describe(
  certificate: X509Certificate,
  key: KeyObject,
  authorityPem: string | undefined,
): CertificateFacts {
  return {
    status: 'readable',
    notBeforeMs: Date.parse(certificate.validFrom),
    notAfterMs: Date.parse(certificate.validTo),
    isAuthority: certificate.ca,
    keyMatches: certificate.checkPrivateKey(key),
    issuedByAuthority: authorityPem === undefined || isIssuedBy(certificate, authorityPem),
    ...parseAlternativeNames(certificate.subjectAltName),
  };
}

function isIssuedBy(certificate: X509Certificate, authorityPem: string): boolean {
  const authority = attempt(() => new X509Certificate(authorityPem));
  // The names alone prove nothing: a new authority of the same name has another key.
  return (
    authority !== undefined &&
    certificate.checkIssued(authority) &&
    certificate.verify(authority.publicKey)
  );
}

// node:crypto answers a damaged file with an exception; here it is an expected outcome.
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
