/** Keys and certificates that count no longer, whoever trusts them. */

export interface RevokedKeys {
  /** `SHA256:…` of keys. */
  readonly fingerprints: ReadonlySet<string>;
  /** SHA-1 of keys, in hexadecimal: a KRL can hold such. */
  readonly sha1: ReadonlySet<string>;
  readonly certificates: readonly RevokedCertificates[];
}

/** Certificates of one authority, or of all. */
export interface RevokedCertificates {
  /** `SHA256:…` of the authority; `undefined`: of every one. */
  readonly authority: string | undefined;
  /** First and last serial number of each range. */
  readonly ranges: readonly (readonly [bigint, bigint])[];
  readonly bitmaps: readonly SerialBitmap[];
  readonly keyIds: ReadonlySet<string>;
}

/** The serial number `offset + n` is revoked where bit n is set, counted from the end. */
export interface SerialBitmap {
  readonly offset: bigint;
  readonly bits: Buffer;
}

/** For where nobody has named a file. */
export const NOTHING_REVOKED: RevokedKeys = {
  fingerprints: new Set(),
  sha1: new Set(),
  certificates: [],
};
