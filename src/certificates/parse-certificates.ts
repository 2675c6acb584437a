/** Certificates of a text in PEM, each by itself; what is none is left out. */
import { X509Certificate } from 'node:crypto';

const BLOCK = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/gu;
/** More than any chain has: whoever writes the text must not keep us busy. */
const CERTIFICATES_MAX = 64;

/** In their order, each once. */
export function parseCertificates(pem: string): readonly X509Certificate[] {
  const blocks = (pem.match(BLOCK) ?? []).slice(0, CERTIFICATES_MAX);
  const found = blocks.flatMap((block) => {
    try {
      return [new X509Certificate(block)];
    } catch {
      return [];
    }
  });
  return parseDistinct(found);
}

/** The text of which `parseCertificates` reads them again. */
export function formatCertificates(certificates: readonly X509Certificate[]): string {
  return certificates.map((certificate) => `${String(certificate).trim()}\n`).join('');
}

/** Without those that are there before. */
export function parseDistinct(
  certificates: readonly X509Certificate[],
): readonly X509Certificate[] {
  const distinct = new Map<string, X509Certificate>();
  for (const certificate of certificates) {
    const { fingerprint256 } = certificate;
    if (!distinct.has(fingerprint256)) distinct.set(fingerprint256, certificate);
  }
  return [...distinct.values()];
}
