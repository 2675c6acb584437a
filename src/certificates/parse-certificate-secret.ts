/**
 * The Secret in which the authority and the certificate of Holdfast are kept.
 *
 * Whoever writes it decides what is served. An entry that is damaged, too large or half written is left out, and made anew;
 * a Secret of another type belongs to somebody else and is never written over.
 */
import { z } from 'zod';
import type { PemPair } from './certificate-facts.ts';
import { CERTIFICATE_LIMITS } from './settings.ts';

/** The Secret's name. */
export const CERTIFICATES_SECRET = 'holdfast-certificates';
/** Its type. The API server lets nobody change the type of a Secret that is there. */
export const CERTIFICATES_SECRET_TYPE = 'holdfast.dev/certificates';

/** The pairs of the Secret, in PEM. */
export interface StoredCertificates {
  /** Has signed the leaf. */
  readonly authority?: PemPair | undefined;
  /** Signs the next leaf, once it is registered. */
  readonly next?: PemPair | undefined;
  readonly leaf?: PemPair | undefined;
}

export type ParsedSecret =
  | { readonly status: 'absent' }
  | { readonly status: 'foreign'; readonly type: string }
  | {
      readonly status: 'ours';
      readonly resourceVersion: string;
      readonly stored: StoredCertificates;
    };

/** The entries of each pair, certificate first. */
export const SECRET_ENTRIES = {
  authority: ['ca.crt', 'ca.key'],
  next: ['next-ca.crt', 'next-ca.key'],
  leaf: ['tls.crt', 'tls.key'],
} as const;

const schema = z.looseObject({
  metadata: z.looseObject({ resourceVersion: z.string() }),
  type: z.string().nullish(),
  data: z.record(z.string(), z.string()).nullish(),
});

/** `undefined` for an object that is no Secret. */
export function parseCertificateSecret(object: unknown): ParsedSecret | undefined {
  const parsed = schema.safeParse(object);
  if (!parsed.success) return undefined;
  const { type, metadata, data } = parsed.data;
  if (type !== CERTIFICATES_SECRET_TYPE) return { status: 'foreign', type: type ?? 'Opaque' };
  const entries = new Map(Object.entries(data ?? {}));
  return {
    status: 'ours',
    resourceVersion: metadata.resourceVersion,
    stored: {
      authority: parsePair(entries, SECRET_ENTRIES.authority),
      next: parsePair(entries, SECRET_ENTRIES.next),
      leaf: parsePair(entries, SECRET_ENTRIES.leaf),
    },
  };
}

function parsePair(
  entries: ReadonlyMap<string, string>,
  [certificateEntry, keyEntry]: readonly [string, string],
): PemPair | undefined {
  const certificatePem = parseEntry(entries.get(certificateEntry));
  const keyPem = parseEntry(entries.get(keyEntry));
  if (certificatePem === undefined || keyPem === undefined) return undefined;
  return { certificatePem, keyPem };
}

function parseEntry(base64: string | undefined): string | undefined {
  const bytesMax = CERTIFICATE_LIMITS['certificates.secretEntryBytesMax'].default;
  const bytes = Buffer.from((base64 ?? '').slice(0, 2 * bytesMax), 'base64');
  return bytes.length === 0 || bytes.length > bytesMax ? undefined : bytes.toString('utf8');
}
