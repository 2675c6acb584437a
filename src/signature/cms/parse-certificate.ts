/** What a verifier reads of an X.509 certificate. Source: RFC 5280 section 4. */
import { X509Certificate, type KeyObject } from 'node:crypto';
import {
  parseBer,
  readObjectIdentifier,
  readOctetString,
  readTimeMs,
  TAGS,
} from '../../base/parse-ber.ts';
import type { Element } from '../../base/parse-ber.ts';

/** Nothing of it is verified. */
export interface Certificate {
  readonly raw: Buffer;
  /** DER of the names: compared as they are (RFC 5280 section 7.1 allows more; authorities repeat the bytes). */
  readonly issuer: Buffer;
  readonly subject: Buffer;
  readonly serial: Buffer;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  readonly publicKey: KeyObject;
  /** The algorithm with which it was signed. */
  readonly signatureAlgorithm: string;
  /** By object identifier. */
  readonly extensions: ReadonlyMap<string, Extension>;
  /** For the library: checks of signatures by other certificates. */
  readonly x509: X509Certificate;
}

/** An extension; its value is DER. */
export interface Extension {
  readonly isCritical: boolean;
  readonly value: Buffer;
}

/** Undefined where the bytes are no certificate, or one that means two things. */
export function parseCertificate(raw: Buffer): Certificate | undefined {
  const [tbs, algorithm] = parseBer(raw)?.children ?? [];
  // The version comes first, except in certificates of version 1.
  const fields = tbs?.children ?? [];
  const [serial, , issuer, validity, subject] =
    fields[0]?.tag === TAGS.constructed0 ? fields.slice(1) : fields;
  const notBeforeMs = readTimeMs(validity?.children[0]);
  const notAfterMs = readTimeMs(validity?.children[1]);
  const signatureAlgorithm = readObjectIdentifier(algorithm?.children[0]);
  const list = fields.find(({ tag }) => tag === TAGS.constructed3)?.children[0]?.children ?? [];
  const extensions = readExtensions(list);
  const read = readX509(raw);
  if (
    serial?.tag !== TAGS.integer ||
    issuer === undefined ||
    subject === undefined ||
    notBeforeMs === undefined ||
    notAfterMs === undefined ||
    signatureAlgorithm === undefined ||
    extensions === undefined ||
    read === undefined
  ) {
    return undefined;
  }
  return {
    raw,
    issuer: issuer.raw,
    subject: subject.raw,
    serial: serial.content,
    notBeforeMs,
    notAfterMs,
    signatureAlgorithm,
    extensions,
    ...read,
  };
}

/** Extensions of a certificate or of a revocation list; undefined where one occurs twice (RFC 5280 section 4.2). */
export function readExtensions(
  elements: readonly Element[],
): ReadonlyMap<string, Extension> | undefined {
  const extensions = new Map<string, Extension>();
  for (const { children } of elements) {
    const id = readObjectIdentifier(children[0]);
    const value = readOctetString(children.at(-1));
    if (id === undefined || value === undefined || extensions.has(id)) return undefined;
    const isCritical = children[1]?.tag === TAGS.boolean && children[1].content[0] !== 0;
    extensions.set(id, { isCritical, value });
  }
  return extensions;
}

/** Keys of some algorithms cannot be read, and OpenSSL has the last word on what a certificate is. */
function readX509(raw: Buffer): Pick<Certificate, 'x509' | 'publicKey'> | undefined {
  try {
    const x509 = new X509Certificate(raw);
    return { x509, publicKey: x509.publicKey };
  } catch {
    return undefined;
  }
}
