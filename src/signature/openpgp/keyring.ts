/** A keyring as a value: certificates whose self-signatures were verified once, when they were imported. */
import type { KeyMaterial } from './openpgp-library.ts';

/** Keys that are trusted to sign, by any of their fingerprints. */
export interface Keyring {
  /** In the order in which they were found. */
  readonly keys: readonly TrustedKey[];
}

/** A primary key with its subkeys and user IDs. */
export interface TrustedKey {
  /** The primary key first. */
  readonly signingKeys: readonly [SigningKey, ...SigningKey[]];
  readonly userIds: readonly UserId[];
}

/** A primary key or a subkey; whether it may sign is decided for each signature. */
export interface SigningKey {
  readonly material: KeyMaterial;
  /** Self-signatures or bindings that are valid, the newest first. */
  readonly bindings: readonly Binding[];
  readonly revocations: readonly Revocation[];
}

/** What the primary key says about a key at one time. */
export interface Binding {
  readonly createdMs: number;
  /** When this statement ends; undefined: never. */
  readonly expiresMs: number | undefined;
  /** When the key itself expires; undefined: never. */
  readonly keyExpiresMs: number | undefined;
  readonly maySign: boolean;
}

/** The primary key takes a key back. */
export interface Revocation {
  readonly createdMs: number;
  /**
   * The key may be in other hands, so that even what it signed before does not count; a revocation without a reason says so
   * too. Otherwise the key was superseded or retired.
   */
  readonly isHard: boolean;
}

/** A user ID whose self-certifications are valid. */
export interface UserId {
  readonly text: string;
  /** The newest first; `keyExpiresMs` and `maySign` are those of the primary key. */
  readonly certifications: readonly Binding[];
  readonly revokedMs: readonly number[];
}

/** What cannot be read, and where; named so that somebody can repair it. */
export interface KeyringProblem {
  /** For example `line 12` or `entry "4AEE18F83AFDEB23", line 1`. */
  readonly place: string;
  readonly message: string;
}

/**
 * What was read, and what was not. A caller that has a choice refuses a keyring with problems: a part that cannot be read may
 * be a revocation.
 */
export interface ImportedKeyring {
  readonly keyring: Keyring;
  readonly problems: readonly KeyringProblem[];
}

/** The full fingerprint of the primary key: what a policy pins. */
export function fingerprintOf(key: TrustedKey): string {
  return key.signingKeys[0].material.fingerprint;
}
