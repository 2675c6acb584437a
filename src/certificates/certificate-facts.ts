/**
 * The properties of a certificate on disk that the plan needs. Read by node:crypto, which is not the
 * implementation that issued it.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { parseAlternativeNames } from './parse-alternative-names.ts';

/** A certificate and its key as found; `damaged` if they cannot be parsed. */
export type CertificateFacts =
  | {
      readonly status: 'readable';
      readonly notBeforeMs: number;
      readonly notAfterMs: number;
      readonly isAuthority: boolean;
      /** The private key matches it. */
      readonly keyMatches: boolean;
      /** It is signed by the given CA; true if a CA is read alone. */
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

/**
 * Reads a pair. `authorityPem` is the certificate of the CA that should have signed it; absent for a CA
 * itself.
 */
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
  // Comparing names is not enough: a new CA with the same name has another key.
  return (
    authority !== undefined &&
    certificate.checkIssued(authority) &&
    certificate.verify(authority.publicKey)
  );
}

// node:crypto throws for a damaged file; here that is an expected result.
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
