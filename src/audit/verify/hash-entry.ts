/**
 * The chain: each entry's hash covers its record and the hash before it, so that a change of a past entry is
 * detected.
 */
import { createHash } from 'node:crypto';

/** The input of one hash, besides the format's name. */
export interface ChainLink {
  /** The chain's identifier, created once for each folder: an entry of another chain cannot be inserted. */
  readonly chain: string;
  readonly sequence: number;
  /** The hash of the entry before; `FIRST_PREVIOUS_HASH` for entry 1. */
  readonly previousHash: string;
  /** The record's canonical JSON, exactly as it is stored. */
  readonly recordJson: string;
}

/** The previous hash of the first entry of a chain. */
export const FIRST_PREVIOUS_HASH = '0'.repeat(64);

/**
 * SHA-256 of the link, in lower-case hexadecimal. The fields before the record contain no newline, so the
 * encoding is unambiguous.
 */
export function hashEntry({ chain, sequence, previousHash, recordJson }: ChainLink): string {
  return createHash('sha256')
    .update(`holdfast-journal/1\n${chain}\n${sequence}\n${previousHash}\n${recordJson}`, 'utf8')
    .digest('hex');
}
