/**
 * Cuts the members out of a JSON object that nobody reads. What is kept, is kept byte for byte and in its order; what is no
 * object is kept whole.
 *
 * The text must be valid JSON without duplicate keys, as the strict parser accepts it.
 */
import { isSpace, skipString } from '../../base/json-scan.ts';
import type { RequestReads } from '../request-reads.ts';

/** What is kept of a value: everything, or of an object these members. */
export interface JsonPruning {
  readonly keepsAll: boolean;
  /** The key as UTF-8, without quotes. */
  readonly members: readonly (readonly [key: Uint8Array, pruning: JsonPruning])[];
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

const encoder = new TextEncoder();

/** How the members that are read are kept. */
export function planPruning(reads: RequestReads): JsonPruning {
  if (reads === true) return { keepsAll: true, members: [] };
  return {
    keepsAll: false,
    members: Object.entries(reads).map(([key, of]) => [encoder.encode(key), planPruning(of)]),
  };
}

/**
 * Prunes the JSON object that begins at `start` and ends with the bytes, in place: what is kept moves towards the start.
 * Returns the end of what is left.
 */
export function pruneInPlace(bytes: Uint8Array, start: number, pruning: JsonPruning): number {
  if (pruning.keepsAll) return bytes.length;
  const cutter = new Cutter(bytes, start);
  cutter.pruneValue(skipSpace(bytes, start), pruning);
  return cutter.end();
}

class Cutter {
  readonly #bytes: Uint8Array;
  /** What is kept and not moved yet begins here. */
  #keptFrom: number;
  /** Where the next kept byte goes. */
  #to: number;

  constructor(bytes: Uint8Array, start: number) {
    this.#bytes = bytes;
    this.#keptFrom = start;
    this.#to = start;
  }

  end(): number {
    this.#cut(this.#bytes.length, this.#bytes.length);
    return this.#to;
  }

  /** Returns the index after the value that begins at `at`. */
  pruneValue(at: number, pruning: JsonPruning): number {
    const bytes = this.#bytes;
    if (pruning.keepsAll || bytes[at] !== OPEN_BRACE) return skipValue(bytes, at);
    let next = skipSpace(bytes, at + 1);
    // From here on, members are cut; before it stand the bracket, or a kept member and its comma.
    let keptTo = next;
    let keptMemberEnd = next;
    while (bytes[next] !== CLOSE_BRACE && next < bytes.length) {
      const keyEnd = skipString(bytes, next);
      const valueAt = skipSpace(bytes, skipSpace(bytes, keyEnd) + 1);
      const kept = findMember(bytes, next + 1, keyEnd - 1, pruning);
      let end: number;
      if (kept === undefined) end = skipValue(bytes, valueAt);
      else {
        this.#cut(keptTo, next);
        end = this.pruneValue(valueAt, kept);
      }
      next = skipSpace(bytes, end);
      if (kept !== undefined) keptMemberEnd = end;
      if (bytes[next] === COMMA) next = skipSpace(bytes, next + 1);
      if (kept !== undefined) keptTo = next;
    }
    if (next > keptTo) this.#cut(keptMemberEnd, next);
    return next + 1;
  }

  /** Leaves out what is from `from` to `to`. */
  #cut(from: number, to: number): void {
    if (from === to && to < this.#bytes.length) return;
    this.#bytes.copyWithin(this.#to, this.#keptFrom, from);
    this.#to += from - this.#keptFrom;
    this.#keptFrom = to;
  }
}

/** A key with an escape may be any key: it is kept. */
const KEEP_ALL: JsonPruning = { keepsAll: true, members: [] };

function findMember(
  bytes: Uint8Array,
  start: number,
  end: number,
  { members }: JsonPruning,
): JsonPruning | undefined {
  for (const [key, pruning] of members) {
    if (key.length === end - start && isEqual(bytes, start, key)) return pruning;
  }
  for (let at = start; at < end; at += 1) if (bytes[at] === BACKSLASH) return KEEP_ALL;
  return undefined;
}

function isEqual(bytes: Uint8Array, start: number, key: Uint8Array): boolean {
  for (let at = 0; at < key.length; at += 1) if (bytes[start + at] !== key[at]) return false;
  return true;
}

function skipSpace(bytes: Uint8Array, start: number): number {
  let at = start;
  while (isSpace(bytes[at])) at += 1;
  return at;
}

/** The index after the value that begins at `start`: at its bracket, its quote, or the first of its letters or digits. */
function skipValue(bytes: Uint8Array, start: number): number {
  const first = bytes[start];
  if (first === QUOTE) return skipString(bytes, start);
  let at = start;
  if (first !== OPEN_BRACE && first !== OPEN_BRACKET) {
    while (at < bytes.length && !endsScalar(bytes[at])) at += 1;
    return at;
  }
  let depth = 0;
  while (at < bytes.length) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      at = skipString(bytes, at);
      continue;
    }
    at += 1;
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth += 1;
    else if ((byte === CLOSE_BRACE || byte === CLOSE_BRACKET) && (depth -= 1) === 0) return at;
  }
  return at;
}

function endsScalar(byte: number | undefined): boolean {
  return byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET || isSpace(byte);
}
