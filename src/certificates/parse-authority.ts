/**
 * The certificates of a `caBundle`: extracted from a PEM file one by one, so that nothing else in the file
 * leaks.
 */
import { X509Certificate } from 'node:crypto';

export type ParsedAuthority =
  { readonly ok: true; readonly pem: string } | { readonly ok: false; readonly reason: string };

const BLOCK = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/gu;

/** Keeps only the certificates of a PEM text. A private key in the same file must never end up in a manifest. */
export function parseAuthority(text: string): ParsedAuthority {
  const blocks = text.replaceAll('\r\n', '\n').match(BLOCK) ?? [];
  if (blocks.length === 0) {
    return { ok: false, reason: 'A certificate in PEM is wanted, found none' };
  }
  if (!blocks.every(isCertificate)) {
    return { ok: false, reason: 'A certificate in PEM is wanted, found a damaged one' };
  }
  return { ok: true, pem: `${blocks.join('\n')}\n` };
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}
