/** Digests of logs do not always come with their algorithm: their length says which of SHA-2 it is. */
import { createHash } from 'node:crypto';
import type { StrongHash } from '../cms/verify-signed-data.ts';

const HASH_BY_LENGTH: Readonly<Record<number, StrongHash>> = {
  32: 'sha256',
  48: 'sha384',
  64: 'sha512',
};

/** Whether the digest is that of the bytes by SHA-256, SHA-384 or SHA-512. */
export function isDigestOf(digest: Buffer, bytes: Buffer): boolean {
  const hash = HASH_BY_LENGTH[digest.length];
  return hash !== undefined && createHash(hash).update(bytes).digest().equals(digest);
}
