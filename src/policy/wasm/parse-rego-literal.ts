/** Reads Rego values in the text form of OPA's WASM ABI. It writes sets and objects in no order; here they get Rego's. */
import { compareValues } from './compare-values.ts';
import { RegoNumber, RegoObject, RegoSet, type RegoValue } from './rego-value.ts';

/** Reads the text that `opa_value_dump` writes. Throws on anything else, which would be a bug of ours. */
export function parseRegoLiteral(text: string): RegoValue {
  const reader = new LiteralReader(text);
  const value = reader.readValue();
  reader.expectEnd();
  return value;
}

/** A literal of Rego may begin with its point. */
const NUMBER = /-?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?/y;
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
    this.#skip(open);
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
      return new RegoSet(this.#readItems('{', '}').toSorted(compareValues));
    }
    const entries: [RegoValue, RegoValue][] = [[key, this.readValue()]];
    while (this.#skip(',')) {
      const next = this.readValue();
      if (!this.#skip(':')) this.#fail();
      entries.push([next, this.readValue()]);
    }
    if (!this.#skip('}')) this.#fail();
    return new RegoObject(entries.toSorted(([a], [b]) => compareValues(a, b)));
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
