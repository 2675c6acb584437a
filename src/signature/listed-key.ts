/** A key of a file that says whom to trust, as a decision about a signature made now would see it. */
import type { Rejected } from './verification.ts';

/** `signer` signs commits itself; `forge` signs merges of its web interface; `authority` certifies signers. */
export type KeyRole = 'signer' | 'forge' | 'authority';

/** One key or certificate, or one line of allowed_signers. */
export interface ListedKey {
  readonly scheme: 'openpgp' | 'ssh' | 'x509';
  readonly role: KeyRole;
  /** In full, in the form in which rules name it: of the primary key, of the SSH key, of the certificate. */
  readonly fingerprint: string;
  /** User IDs that count; the principals as written; the subject of a certificate. */
  readonly identities: readonly string[];
  /** Keys that make signatures: of OpenPGP the primary key and its subkeys, else the key itself. Never empty. */
  readonly signingKeys: readonly ListedSigningKey[];
}

export interface ListedSigningKey {
  readonly fingerprint: string;
  /** For example `ed25519` or `rsa 3072`. */
  readonly algorithm: string;
  /** Undefined: from the beginning, or without an end. */
  readonly validFromMs: number | undefined;
  readonly validUntilMs: number | undefined;
  /** Why a signature that it makes now does not count; undefined: it counts. */
  readonly fault: Pick<Rejected, 'code' | 'reason'> | undefined;
}

/** Whether somebody can sign with the key now. */
export function isUsable({ signingKeys }: ListedKey): boolean {
  return signingKeys.some(({ fault }) => fault === undefined);
}
