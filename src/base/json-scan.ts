/**
 * One pass over JSON bytes that finds what `JSON.parse` hides: nesting depth, the number of keys,
 * numbers that would lose digits, and the positions of the outer members.
 *
 * It runs before parsing, on arbitrary bytes: on malformed text it only guarantees to terminate. Its
 * results are valid for text that `JSON.parse` accepts.
 */

/** A half-open range of bytes. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** A member of the outermost object. */
export interface TopLevelMember {
  /** The key as written, with its quotes. */
  readonly key: ByteRange;
  readonly value: ByteRange;
}

/**
 * The members at depths 2 to `OUTLINE_DEPTH_MAX`, in the order of the text, as plain numbers: an object for each would cost
 * more than the scan. A member has `OUTLINE_STRIDE` numbers: its depth (1 would be the outermost object), the indexes of the
 * key's first quote and after its second one, the index after the colon, and that of the comma or bracket after the value.
 */
export type JsonOutline = Int32Array;

/** How many numbers an outline has for a member. */
export const OUTLINE_STRIDE = 5;
/** Labels of an object in a review are at depth 5. What is deeper is much, and small. */
const OUTLINE_DEPTH_MAX = 5;
/** Usual objects have less than a hundred; a text of colons must not take more memory than its parser. */
const OUTLINE_MEMBERS_MAX = 1024;

/** What one pass found. */
export interface JsonScan {
  /** Colons outside strings: in valid JSON, the number of keys that were written. */
  readonly keyCount: number;
  readonly depthExceeded: boolean;
  /** Numbers that may lose digits as a 64 bit float; all others are exact. */
  readonly suspectNumbers: readonly ByteRange[];
  readonly members: readonly TopLevelMember[];
  /** Absent where there are more than `OUTLINE_MEMBERS_MAX`. */
  readonly outline: JsonOutline | undefined;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** Integers with at most this many characters are exact: 2^53 has 16 digits. */
const EXACT_INTEGER_CHARS_MAX = 15;

/** Scans bytes once; stops at the first bracket that is nested deeper than `depthMax`. */
export function scanJson(bytes: Uint8Array, depthMax: number): JsonScan {
  const members: TopLevelMember[] = [];
  const suspectNumbers: ByteRange[] = [];
  const outline = new OutlineWriter();
  let keyCount = 0;
  let depth = 0;
  let stringStart = 0;
  let stringEnd = 0;
  let key: ByteRange = { start: 0, end: 0 };
  let valueStart = 0;
  let at = 0;

  while (at < bytes.length) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      stringStart = at;
      at = stringEnd = skipString(bytes, at);
      continue;
    }
    if (byte === COLON) {
      keyCount += 1;
      if (depth === 1) {
        key = { start: stringStart, end: stringEnd };
        valueStart = at + 1;
      } else if (depth <= OUTLINE_DEPTH_MAX) {
        outline.begin(depth, stringStart, stringEnd, at + 1);
      }
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      depth += 1;
      if (depth > depthMax) {
        return { keyCount, depthExceeded: true, suspectNumbers, members, outline: undefined };
      }
    } else if (byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      if (depth === 1 && valueStart > 0) {
        members.push({ key, value: { start: valueStart, end: at } });
        valueStart = 0;
      } else if (depth <= OUTLINE_DEPTH_MAX) {
        outline.end(depth, at);
      }
      if (byte !== COMMA) depth -= 1;
    } else if (isNumberByte(byte)) {
      const end = skipNumber(bytes, at);
      if (mayLoseDigits(bytes, at, end)) suspectNumbers.push({ start: at, end });
      at = end;
      continue;
    }
    at += 1;
  }
  return { keyCount, depthExceeded: false, suspectNumbers, members, outline: outline.read() };
}

/** Used by one scan after the other: an array that grows would be copied several times in each. */
const outlineNumbers = new Int32Array(OUTLINE_MEMBERS_MAX * OUTLINE_STRIDE);
/** By depth: where the end of the value goes that is being read; 0 without one. */
const openValues = new Int32Array(OUTLINE_DEPTH_MAX + 1);

class OutlineWriter {
  #length = 0;
  #isFull = false;

  constructor() {
    openValues.fill(0);
  }

  // oxlint-disable-next-line max-params -- an object for each member would cost more than the scan
  begin(depth: number, keyStart: number, keyEnd: number, valueStart: number): void {
    const at = this.#length;
    if (at === outlineNumbers.length) this.#isFull = true;
    if (this.#isFull) return;
    outlineNumbers[at] = depth;
    outlineNumbers[at + 1] = keyStart;
    outlineNumbers[at + 2] = keyEnd;
    outlineNumbers[at + 3] = valueStart;
    outlineNumbers[at + 4] = 0;
    openValues[depth] = at + 4;
    this.#length = at + OUTLINE_STRIDE;
  }

  end(depth: number, at: number): void {
    const index = openValues[depth] ?? 0;
    if (index === 0) return;
    outlineNumbers[index] = at;
    openValues[depth] = 0;
  }

  read(): JsonOutline | undefined {
    return this.#isFull ? undefined : outlineNumbers.slice(0, this.#length);
  }
}

/** The index after the closing quote of the string that begins at `start`, or the end of the bytes. */
export function skipString(bytes: Uint8Array, start: number): number {
  let at = start + 1;
  while (at < bytes.length) {
    const byte = bytes[at];
    if (byte === QUOTE) return at + 1;
    at += byte === BACKSLASH ? 2 : 1;
  }
  return bytes.length;
}

/** The index after the number that begins at `start`. Letters of `true`, `false` and `null` never begin one. */
function skipNumber(bytes: Uint8Array, start: number): number {
  let at = start + 1;
  while (isNumberByte(bytes[at]) || isFractionByte(bytes[at])) at += 1;
  return at;
}

function mayLoseDigits(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start > EXACT_INTEGER_CHARS_MAX) return true;
  for (let at = start; at < end; at += 1) {
    if (isFractionByte(bytes[at])) return true;
  }
  return false;
}

/** `0` to `9` and `-`. */
function isNumberByte(byte: number | undefined): boolean {
  return byte !== undefined && ((byte >= 0x30 && byte <= 0x39) || byte === 0x2d);
}

/** `.`, `e`, `E` and `+`. */
function isFractionByte(byte: number | undefined): boolean {
  return byte === 0x2e || byte === 0x65 || byte === 0x45 || byte === 0x2b;
}

/** White space of RFC 8259 section 2. */
export function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/**
 * - `exact`: the float prints as the same decimal value
 * - `inexact`: digits would be lost (`9007199254740993`, `0.10000000000000000001`, `1e-400`)
 * - `infinite`: larger than every finite float (`1e400`)
 */
export type NumberClass = 'exact' | 'inexact' | 'infinite';

/** Classifies the text of one JSON number. Values are compared, not texts: `1.0` and `1e0` are exact. */
export function classifyNumber(text: string): NumberClass {
  const float = Number(text);
  if (!Number.isFinite(float)) return 'infinite';
  // Rounding never turns a number into one with the same digits at another power of ten,
  // so the significant digits alone decide.
  return significantDigits(text) === significantDigits(String(float)) ? 'exact' : 'inexact';
}

/** The digits of the mantissa without leading and trailing zeros; empty for zero. */
function significantDigits(text: string): string {
  const exponentAt = text.search(/[eE]/);
  const mantissa = exponentAt === -1 ? text : text.slice(0, exponentAt);
  const digits = mantissa.replaceAll(/[-.]/g, '');
  let start = 0;
  let end = digits.length;
  while (start < end && digits[start] === '0') start += 1;
  while (end > start && digits[end - 1] === '0') end -= 1;
  return digits.slice(start, end);
}
