/**
 * Leaves out the members of a request's JSON text that no policy reads. What is kept, is kept byte for byte and in its order;
 * what is no object is kept whole.
 */
import { isSpace, OUTLINE_STRIDE, type JsonOutline } from '../../base/json-scan.ts';
import type { ValueReads } from '../value-reads.ts';

/** Where the members of a request are. */
export interface RequestOutline {
  /** The outline of the whole AdmissionReview. */
  readonly outline: JsonOutline;
  /** The index of the request's first byte in it. */
  readonly start: number;
}

/** What is kept of a value: everything, or of an object these members. */
export interface JsonPruning {
  readonly keepsAll: boolean;
  /** The key as UTF-8, without quotes. */
  readonly members: readonly (readonly [key: Uint8Array, pruning: JsonPruning])[];
}

/** Start and end of each part that is kept, one after the other. */
export type KeptRanges = readonly number[];

/** The request is a member of the outermost object, and the object of its members. */
const REQUEST_DEPTH = 2;

const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;

const KEEPS_ALL: JsonPruning = { keepsAll: true, members: [] };
const encoder = new TextEncoder();

/** Keeps what is read. */
export function planPruning(reads: ValueReads): JsonPruning {
  if (reads === true) return KEEPS_ALL;
  return {
    keepsAll: false,
    members: Object.entries(reads).map(([key, of]) => [encoder.encode(key), planPruning(of)]),
  };
}

/** Which parts of a request's text are kept. The text is that of an object, without space around it. */
export function pruneRequest(
  requestJson: Uint8Array,
  outline: RequestOutline,
  pruning: JsonPruning,
): KeptRanges {
  if (pruning.keepsAll) return [0, requestJson.length];
  return new Pruner(requestJson, outline).prune(pruning);
}

class Pruner {
  readonly #text: Uint8Array;
  readonly #outline: JsonOutline;
  readonly #start: number;
  readonly #ranges: number[] = [];
  /** The current member in the outline. */
  #at = 0;
  /** The end of what was left out last. */
  #keptFrom = 0;

  constructor(text: Uint8Array, { outline, start }: RequestOutline) {
    this.#text = text;
    this.#outline = outline;
    this.#start = start;
  }

  prune(pruning: JsonPruning): KeptRanges {
    const { length } = this.#text;
    while (this.#at < this.#outline.length && this.#read(1) < 0) this.#at += OUTLINE_STRIDE;
    this.#pruneObject(pruning, { depth: REQUEST_DEPTH, open: 0, close: length - 1 });
    this.#cut(length, length);
    return this.#ranges;
  }

  /** A member that the outline does not have is kept, as deep ones are. */
  #pruneObject(pruning: JsonPruning, { depth, open, close }: BracketPair): void {
    // The end of what is kept of this object so far, without and with the comma after it.
    let keptEnd = open + 1;
    let keptTo = open + 1;
    let isCutting = false;
    for (; this.#at < this.#outline.length; this.#at += OUTLINE_STRIDE) {
      const keyStart = this.#read(1);
      if (keyStart >= close) break;
      // A member of a value that is kept whole, or left out.
      if (this.#outline[this.#at] !== depth) continue;
      const kept = this.#findMember(keyStart + 1, this.#read(2) - 1, pruning);
      if (kept === undefined) {
        isCutting = true;
        continue;
      }
      if (isCutting) this.#cut(keptTo, keyStart);
      isCutting = false;
      keptEnd = this.#read(4);
      keptTo = keptEnd + 1;
      if (!kept.keepsAll) this.#pruneMember(kept, depth + 1);
    }
    if (isCutting) this.#cut(keptEnd, close);
  }

  #pruneMember(pruning: JsonPruning, depth: number): void {
    let open = this.#read(3);
    let close = this.#read(4) - 1;
    while (isSpace(this.#text[open])) open += 1;
    if (this.#text[open] !== OPEN_BRACE) return;
    while (isSpace(this.#text[close])) close -= 1;
    this.#at += OUTLINE_STRIDE;
    this.#pruneObject(pruning, { depth, open, close });
    // The caller's loop goes on to the next member itself.
    this.#at -= OUTLINE_STRIDE;
  }

  #findMember(start: number, end: number, { members }: JsonPruning): JsonPruning | undefined {
    for (const [key, pruning] of members) {
      if (key.length === end - start && this.#isAt(start, key)) return pruning;
    }
    // A key with an escape may be any key.
    for (let at = start; at < end; at += 1) if (this.#text[at] === BACKSLASH) return KEEPS_ALL;
    return undefined;
  }

  #isAt(start: number, key: Uint8Array): boolean {
    for (let at = 0; at < key.length; at += 1) if (this.#text[start + at] !== key[at]) return false;
    return true;
  }

  /** A position in the outline, as an index into the text of the request. */
  #read(offset: number): number {
    return (this.#outline[this.#at + offset] ?? 0) - this.#start;
  }

  #cut(from: number, to: number): void {
    this.#ranges.push(this.#keptFrom, from);
    this.#keptFrom = to;
  }
}

interface BracketPair {
  readonly depth: number;
  /** The indexes of the two brackets. */
  readonly open: number;
  readonly close: number;
}
