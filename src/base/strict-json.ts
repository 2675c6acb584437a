/**
 * A strict parser for external JSON: it refuses documents that two parsers could read differently.
 *
 * `JSON.parse` accepts input that attackers use: duplicate keys (the last one wins here, the first
 * elsewhere), numbers that silently lose digits, bytes that are not UTF-8. This parser refuses them or
 * keeps them exactly, at less than twice the cost of `JSON.parse`: one pass over the bytes counts the
 * keys, and only a document with fewer keys after parsing is searched for the duplicate.
 *
 * Sources: RFC 8259, RFC 7493 (I-JSON).
 */
import { Buffer, isUtf8 } from 'node:buffer';
import { isRecord } from './is-record.ts';
import { findDuplicateKey, readString, type JsonPath } from './json-keys.ts';
import {
  classifyNumber,
  isSpace,
  scanJson,
  type ByteRange,
  type JsonOutline,
  type JsonScan,
} from './json-scan.ts';
import { runSteps, type Steps } from './run-steps.ts';

/** The longest path in a message: enough for real paths, short enough for a log line. */
const PATH_CHARS_MAX = 200;

export interface StrictJsonOptions {
  /** The greatest nesting of objects and arrays: readers of the value may recurse. */
  readonly depthMax: number;
}

export type StrictJsonFailure =
  | 'empty'
  | 'invalid_utf8'
  | 'byte_order_mark'
  | 'nested_too_deep'
  | 'malformed'
  | 'duplicate_key'
  | 'number_out_of_range';

export type StrictJson =
  | {
      readonly ok: true;
      /**
       * The document. A number that a 64 bit float cannot represent is a `JSON.rawJSON` object, so
       * that `JSON.stringify` writes the same digits. A key `__proto__` is an own property like any
       * other.
       */
      readonly value: unknown;
      /** The byte range of the value of a top-level member, without surrounding white space. */
      readonly memberRange: (name: string) => ByteRange | undefined;
      /** Where the outer members are; absent where they are many. */
      readonly outline: JsonOutline | undefined;
    }
  | {
      readonly ok: false;
      readonly code: StrictJsonFailure;
      /** Says what is wrong and where. It names a key, but never a value, which may be secret. */
      readonly message: string;
    };

/** Parses UTF-8 JSON bytes. Never throws, for any input. */
export function parseStrictJson(bytes: Uint8Array, options: StrictJsonOptions): StrictJson {
  return runSteps(parseStrictJsonInSteps(bytes, options));
}

/** The same, in steps: each takes a part of the time that grows with the document. */
export function* parseStrictJsonInSteps(
  bytes: Uint8Array,
  options: StrictJsonOptions,
): Steps<StrictJson> {
  const refused = refuseBytes(bytes);
  if (refused !== undefined) return refused;
  const scan = scanJson(bytes, options.depthMax);
  if (scan.depthExceeded) {
    return failure(
      'nested_too_deep',
      `The document is nested deeper than ${options.depthMax} levels`,
    );
  }
  yield;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  const parsed = parseText(text);
  if (!parsed.ok) return parsed;
  yield;
  if (countKeys(parsed.value) !== scan.keyCount) {
    const path = formatPath(findDuplicateKey(bytes, options.depthMax));
    return failure('duplicate_key', `The key "${path}" is written twice`);
  }
  const numbers = classifyNumbers(bytes, scan);
  if (numbers.infiniteAt !== undefined) {
    return failure(
      'number_out_of_range',
      `The number at byte ${numbers.infiniteAt} is beyond ±1.8e308`,
    );
  }
  yield;
  const value = numbers.inexact ? parseExactly(text) : parsed.value;
  return {
    ok: true,
    value,
    memberRange: (name) => findMember(bytes, scan, name),
    outline: scan.outline,
  };
}

function failure(code: StrictJsonFailure, message: string): StrictJson & { readonly ok: false } {
  return { ok: false, code, message };
}

function refuseBytes(bytes: Uint8Array): (StrictJson & { readonly ok: false }) | undefined {
  if (bytes.length === 0) return failure('empty', 'The document is empty');
  // RFC 8259 section 8.1: text is UTF-8, and no byte order mark is added. Some readers skip one, some fail.
  if (!isUtf8(bytes)) return failure('invalid_utf8', 'The document is not UTF-8');
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    return failure('byte_order_mark', 'The document begins with a byte order mark');
  }
  return undefined;
}

function parseText(
  text: string,
): { readonly ok: true; readonly value: unknown } | (StrictJson & { readonly ok: false }) {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    return failure('malformed', describeSyntaxError(error));
  }
}

/** Keeps the position and drops the excerpt of the input that the engine's message may contain. */
function describeSyntaxError(error: unknown): string {
  const message = String(error);
  const position = /JSON at position (\d+) \(/.exec(message)?.[1];
  if (position !== undefined) return `The document is not JSON at character ${position}`;
  if (message.includes('Unexpected end')) return 'The document is not JSON: it ends too early';
  return 'The document is not JSON';
}

/** Recursion is safe: the scan limits the depth. In most values there is nothing to count: they cost no call. */
function countKeys(value: unknown): number {
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value) {
      if (typeof item === 'object' && item !== null) count += countKeys(item);
    }
    return count;
  }
  if (!isRecord(value)) return 0;
  const keys = Object.keys(value);
  for (const key of keys) {
    const member = value[key];
    if (typeof member === 'object' && member !== null) count += countKeys(member);
  }
  return count + keys.length;
}

interface NumberSummary {
  readonly inexact: boolean;
  readonly infiniteAt: number | undefined;
}

function classifyNumbers(bytes: Uint8Array, scan: JsonScan): NumberSummary {
  let inexact = false;
  for (const { start, end } of scan.suspectNumbers) {
    const kind = classifyNumber(Buffer.from(bytes.subarray(start, end)).toString('latin1'));
    if (kind === 'infinite') return { inexact, infiniteAt: start };
    if (kind === 'inexact') inexact = true;
  }
  return { inexact, infiniteAt: undefined };
}

/** Parses again, keeping the digits of each number that a float cannot represent. */
function parseExactly(text: string): unknown {
  return JSON.parse(text, keepDigits);
}

function keepDigits(_key: string, value: unknown, context: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || context.source === undefined) return value;
  return classifyNumber(context.source) === 'exact' ? value : JSON.rawJSON(context.source);
}

function findMember(bytes: Uint8Array, scan: JsonScan, name: string): ByteRange | undefined {
  const member = scan.members.find(({ key }) => readsAs(bytes, key, name));
  return member && trim(bytes, member.value);
}

/** Compares bytes first, because real documents do not escape keys. */
function readsAs(bytes: Uint8Array, key: ByteRange, name: string): boolean {
  const written = Buffer.from(bytes.subarray(key.start + 1, key.end - 1)).toString('utf8');
  if (written === name) return true;
  return written.includes('\\') && readString(bytes, key.start, key.end) === name;
}

function trim(bytes: Uint8Array, range: ByteRange): ByteRange {
  let { start, end } = range;
  while (isSpace(bytes[start])) start += 1;
  while (isSpace(bytes[end - 1])) end -= 1;
  return { start, end };
}

/** `spec.containers[0]["a.b"]`: keys that are not plain words are quoted; a long path keeps its end. */
function formatPath(path: JsonPath): string {
  let text = '';
  for (const segment of path) {
    if (typeof segment === 'number') text += `[${segment}]`;
    else if (/^[A-Za-z_][\w-]*$/.test(segment)) text += text === '' ? segment : `.${segment}`;
    else text += `[${JSON.stringify(segment)}]`;
  }
  return text.length <= PATH_CHARS_MAX ? text : `…${text.slice(-PATH_CHARS_MAX)}`;
}

declare global {
  /** ECMAScript proposal `JSON.parse` source text access, which V8 has and TypeScript's library lacks. */
  interface JSON {
    parse(
      text: string,
      reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
    ): unknown;
    rawJSON(text: string): unknown;
  }
}
