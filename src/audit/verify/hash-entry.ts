/** The chain: each entry's hash covers its record and the hash before it, so that no past entry can change unseen. */
import { createHash } from 'node:crypto';

/** What one hash covers, beside the format's name. */
export interface ChainLink {
  /** The chain's identifier, made once for each folder: an entry of another chain cannot be moved in. */
  readonly chain: string;
  readonly sequence: number;
  /** The hash of the entry before; `FIRST_PREVIOUS_HASH` for entry 1. */
  readonly previousHash: string;
  /** The record's canonical JSON, exactly as it is stored. */
  readonly recordJson: string;
}

/** What stands before the first entry of a chain. */
export const FIRST_PREVIOUS_HASH = '0'.repeat(64);

/** SHA-256 of the link, in lower-case hexadecimal. The fields before the record hold no newline, so no two links read alike. */
export function hashEntry({ chain, sequence, previousHash, recordJson }: ChainLink): string {
  return createHash('sha256')
    .update(`holdfast-journal/1\n${chain}\n${sequence}\n${previousHash}\n${recordJson}`, 'utf8')
    .digest('hex');
}
