/** CMS signatures made by hand, as gitsign and smimesign write them, and as they must not be. */
import { createHash, sign } from 'node:crypto';
import type { Issued } from './certificate-builder.ts';
import { pem } from './certificate-builder.ts';
import { der, integer, octets, oid, sequence, set, time } from './der.ts';

/** How a signature looks; what is absent is as it should be. */
export interface NewSignature {
  readonly payload: Uint8Array;
  readonly signer: Issued;
  /** Certificates beside the signer's. */
  readonly chain?: readonly Buffer[];
  readonly hash?: 'sha1' | 'sha256' | 'sha384';
  readonly signingTimeMs?: number | null;
  readonly withoutContentType?: boolean;
  /** Descending in the signature; what is signed is in order. */
  readonly unsorted?: boolean;
  readonly signers?: number;
  readonly withContent?: boolean;
  /** Take this signature, made before, with other unsigned attributes. */
  readonly given?: BuiltSignature;
}

/** What was made. */
export interface BuiltSignature {
  /** The armored block. */
  readonly armored: Buffer;
  /** The signature itself. */
  readonly value: Buffer;
  /** What it is over. */
  readonly signedBytes: Buffer;
  /** Its parts. */
  readonly attributes: readonly Buffer[];
}

const DIGESTS = {
  sha1: '1.3.14.3.2.26',
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
} as const;
const SIGNATURES = {
  sha1: '1.2.840.10045.4.1',
  sha256: '1.2.840.10045.4.3.2',
  sha384: '1.2.840.10045.4.3.3',
} as const;
const ID_DATA = '1.2.840.113549.1.7.1';

/** Signs; unsigned attributes, by object identifier, may depend on the signature. */
export function buildSignature(
  options: NewSignature,
  unsigned: (built: Omit<BuiltSignature, 'armored'>) => ReadonlyMap<string, Buffer> = () =>
    new Map(),
): BuiltSignature {
  const { payload, signer, hash = 'sha256', chain = [], signers = 1 } = options;
  const { given } = options;
  const sorted =
    given?.attributes ?? listAttributes(options).toSorted((a, b) => Buffer.compare(a, b));
  const signedBytes = set(...sorted);
  const value = given?.value ?? sign(hash, signedBytes, signer.privateKey);
  const extra = [...unsigned({ value, signedBytes, attributes: sorted })].map(([id, element]) =>
    attribute(id, element),
  );
  const info = sequence(
    integer(1),
    sequence(signer.issuerName, signer.serialElement),
    sequence(oid(DIGESTS[hash])),
    der(0xa0, ...(options.unsorted === true ? sorted.toReversed() : sorted)),
    sequence(oid(SIGNATURES[hash])),
    octets(value),
    ...(extra.length === 0 ? [] : [der(0xa1, ...extra)]),
  );
  const content = options.withContent === true ? [der(0xa0, octets(payload))] : [];
  const signedData = sequence(
    integer(1),
    set(sequence(oid(DIGESTS[hash]))),
    sequence(oid(ID_DATA), ...content),
    der(0xa0, signer.certificate, ...chain),
    set(...Array.from({ length: signers }, () => info)),
  );
  const contentInfo = sequence(oid('1.2.840.113549.1.7.2'), der(0xa0, signedData));
  return {
    armored: Buffer.from(pem(contentInfo, 'SIGNED MESSAGE')),
    value,
    signedBytes,
    attributes: sorted,
  };
}

function listAttributes(options: NewSignature): readonly Buffer[] {
  const { payload, hash = 'sha256', signingTimeMs = Date.now() } = options;
  const digest = createHash(hash).update(payload).digest();
  return [
    ...(options.withoutContentType === true
      ? []
      : [attribute('1.2.840.113549.1.9.3', oid(ID_DATA))]),
    attribute('1.2.840.113549.1.9.4', octets(digest)),
    ...(signingTimeMs === null ? [] : [attribute('1.2.840.113549.1.9.5', time(signingTimeMs))]),
  ];
}

function attribute(id: string, value: Buffer): Buffer {
  return sequence(oid(id), set(value));
}
