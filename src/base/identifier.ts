/** Identifiers that sort by time. Source: the ULID specification. */
import { randomFillSync } from 'node:crypto';
import { monotonicFactory } from 'ulid';
import type { WallMs } from './clock.ts';

// One system call for many identifiers: random bytes for each character alone would cost more than a whole
// decision.
const POOL_BYTES = 4096;
const WORD_BYTES = 4;
const WORD_VALUES = 2 ** 32;

/** Returns a generator of ULIDs: 26 characters, unique, increasing within this process even in one millisecond. */
export function createIdentifierGenerator(): (nowMs: WallMs) => string {
  const next = monotonicFactory(createPooledRandom());
  return (nowMs) => next(Math.floor(nowMs));
}

function createPooledRandom(): () => number {
  const pool = Buffer.alloc(POOL_BYTES);
  let offset = POOL_BYTES;
  return () => {
    if (offset === POOL_BYTES) {
      randomFillSync(pool);
      offset = 0;
    }
    const value = pool.readUInt32LE(offset);
    offset += WORD_BYTES;
    return value / WORD_VALUES;
  };
}
