/**
 * Reads the keys of a JSON text one by one, for the rare cases in which `JSON.parse` does not help:
 * to name a duplicate key, and to find one text in a document that is refused.
 */
import { isSpace, skipString } from './json-scan.ts';

/** Keys and indexes from the outermost value to a member. */
export type JsonPath = readonly (string | number)[];

interface Container {
  /** The keys so far; absent in an array. */
  readonly keys?: Set<string>;
  /** The current key or index. */
  segment: string | number;
}

interface WrittenKey {
  readonly path: JsonPath;
  readonly repeated: boolean;
  /** The index of the first byte after the colon. */
  readonly valueStart: number;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/**
 * The path of the first key that its object already has. Keys are compared after unescaping: to a parser
 * `"a"` and `"\u0061"` are the same key. Empty if there is no duplicate.
 */
export function findDuplicateKey(bytes: Uint8Array, depthMax: number): JsonPath {
  for (const key of writtenKeys(bytes, depthMax)) {
    if (key.repeated) return key.path;
  }
  return [];
}

/** The first text at exactly this path; the search ends at brackets nested deeper than `depthMax`. */
export function findText(bytes: Uint8Array, path: JsonPath, depthMax: number): string | undefined {
  for (const key of writtenKeys(bytes, depthMax)) {
    if (!isSamePath(key.path, path)) continue;
    const start = skipSpace(bytes, key.valueStart);
    return bytes[start] === QUOTE ? readString(bytes, start, skipString(bytes, start)) : undefined;
  }
  return undefined;
}

/** Yields each key; ends at the first bracket that is nested deeper than `depthMax`. */
function* writtenKeys(bytes: Uint8Array, depthMax: number): Generator<WrittenKey> {
  const stack: Container[] = [];
  let lastString: string | undefined;
  let at = 0;
  while (at < bytes.length) {
    const byte = bytes[at];
    const container = stack.at(-1);
    if (byte === QUOTE) {
      const end = skipString(bytes, at);
      lastString = readString(bytes, at, end);
      at = end;
      continue;
    }
    at += 1;
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      if (stack.length === depthMax) return;
      stack.push(byte === OPEN_BRACE ? { keys: new Set(), segment: '' } : { segment: 0 });
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      stack.pop();
    } else if (byte === COMMA && typeof container?.segment === 'number') {
      container.segment += 1;
    } else if (byte === COLON && container?.keys !== undefined && lastString !== undefined) {
      const repeated = container.keys.has(lastString);
      container.keys.add(lastString);
      container.segment = lastString;
      yield { path: stack.map(segmentOf), repeated, valueStart: at };
    }
  }
}

function segmentOf(container: Container): string | number {
  return container.segment;
}

function isSamePath(path: JsonPath, wanted: JsonPath): boolean {
  return path.length === wanted.length && path.every((segment, index) => segment === wanted[index]);
}

function skipSpace(bytes: Uint8Array, start: number): number {
  let at = start;
  while (isSpace(bytes[at])) at += 1;
  return at;
}

/** The string between two quotes, or nothing if it is not a JSON string. */
export function readString(bytes: Uint8Array, start: number, end: number): string | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes.subarray(start, end)).toString());
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
