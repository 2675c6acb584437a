/**
 * Rego values at the WASM boundary: JSON plus sets, objects with any key, and numbers that keep their text.
 *
 * The text form is what `opa_value_dump` writes and `opa_value_parse` reads (OPA's WASM ABI): JSON with `{1, 2}` and
 * `set()`. Plain JSON would lose the difference between sets and arrays, and digits of big numbers.
 */

/** A number by its text: `1.0`, `1e3` and 20-digit integers print as they were written. */
export class RegoNumber {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** A set; the items are in OPA's order. */
export class RegoSet {
  readonly items: readonly RegoValue[];
  constructor(items: readonly RegoValue[]) {
    this.items = items;
  }
}

/** An object; keys may be any value. */
export class RegoObject {
  readonly entries: readonly (readonly [RegoValue, RegoValue])[];
  constructor(entries: readonly (readonly [RegoValue, RegoValue])[]) {
    this.entries = entries;
  }
}

export type RegoValue =
  null | boolean | string | RegoNumber | readonly RegoValue[] | RegoSet | RegoObject;

/** A safe integer as a Rego number. */
export function regoInteger(value: number | bigint): RegoNumber {
  return new RegoNumber(value.toString());
}

/** Whether a value is an array; `Array.isArray` does not narrow readonly arrays. */
export function isRegoArray(value: RegoValue): value is readonly RegoValue[] {
  return Array.isArray(value);
}

/** Writes a value in the form that `opa_value_parse` reads. */
export function formatRegoLiteral(value: RegoValue): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return JSON.stringify(value);
  if (value instanceof RegoNumber) return value.text;
  if (value instanceof RegoSet) {
    return value.items.length === 0 ? 'set()' : `{${value.items.map(formatRegoLiteral).join(',')}}`;
  }
  if (value instanceof RegoObject) {
    const pairs = value.entries.map(
      ([key, item]) => `${formatRegoLiteral(key)}:${formatRegoLiteral(item)}`,
    );
    return `{${pairs.join(',')}}`;
  }
  return `[${value.map(formatRegoLiteral).join(',')}]`;
}

/** Reads the text that `opa_value_dump` writes. Throws on anything else, which would be a bug of ours. */
export function parseRegoLiteral(text: string): RegoValue {
  const reader = new LiteralReader(text);
  const value = reader.readValue();
  reader.expectEnd();
  return value;
}

const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const STRING = /"(?:[^"\\]|\\.)*"/sy;
const WORDS = [
  ['null', null],
  ['true', true],
  ['false', false],
] as const;

class LiteralReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  readValue(): RegoValue {
    this.#skipSpace();
    const first = this.#text[this.#at];
    if (first === '"') return this.#readString();
    if (first === '[') return this.#readItems('[', ']');
    if (first === '{') return this.#readBraces();
    if (this.#skip('set(')) {
      if (this.#skip(')')) return new RegoSet([]);
      this.#fail();
    }
    for (const [word, value] of WORDS) if (this.#skip(word)) return value;
    return new RegoNumber(this.#match(NUMBER));
  }

  expectEnd(): void {
    this.#skipSpace();
    if (this.#at !== this.#text.length) this.#fail();
  }

  #readString(): string {
    const parsed: unknown = JSON.parse(this.#match(STRING));
    return String(parsed);
  }

  #readItems(open: string, close: string): RegoValue[] {
    const items: RegoValue[] = [];
    if (!this.#skip(open)) this.#fail();
    if (this.#skip(close)) return items;
    do items.push(this.readValue());
    while (this.#skip(','));
    if (!this.#skip(close)) this.#fail();
    return items;
  }

  /** `{}` is an object, `{1}` a set, `{1: 2}` an object. */
  #readBraces(): RegoValue {
    const start = this.#at;
    this.#skip('{');
    if (this.#skip('}')) return new RegoObject([]);
    const key = this.readValue();
    if (!this.#skip(':')) {
      this.#at = start;
      return new RegoSet(this.#readItems('{', '}'));
    }
    const entries: [RegoValue, RegoValue][] = [[key, this.readValue()]];
    while (this.#skip(',')) {
      const next = this.readValue();
      if (!this.#skip(':')) this.#fail();
      entries.push([next, this.readValue()]);
    }
    if (!this.#skip('}')) this.#fail();
    return new RegoObject(entries);
  }

  #skip(word: string): boolean {
    this.#skipSpace();
    if (!this.#text.startsWith(word, this.#at)) return false;
    this.#at += word.length;
    return true;
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found === undefined) this.#fail();
    this.#at += found.length;
    return found;
  }

  #skipSpace(): void {
    while (this.#text[this.#at] === ' ') this.#at += 1;
  }

  #fail(): never {
    throw new SyntaxError(`Cannot read a Rego value at character ${this.#at}`);
  }
}
