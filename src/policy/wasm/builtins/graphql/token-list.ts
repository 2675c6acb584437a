/** Words and signs of a text in GraphQL. Source: GraphQL specification, October 2021, section 2.1. */

/** A kind as messages have it: a sign stands for itself. */
export interface Token {
  readonly kind: string;
  /** Empty for signs. */
  readonly value: string;
  readonly line: number;
  /** In characters from 1 on; as OPA counts them, from behind the quotes of a string. */
  readonly column: number;
  /** The comments before it, with their sign. */
  readonly comments: readonly string[];
}

/** The kinds that are no signs. */
export const TOKEN_KINDS = {
  end: '<EOF>',
  invalid: '<Invalid>',
  name: 'Name',
  int: 'Int',
  float: 'Float',
  string: 'String',
  block: 'BlockString',
} as const;

const SPACE = /[\t ,\ufeff]+/y;
const LINE_END = /\r\n|\r|\n/y;
const COMMENT = /#(?:\t|[^\p{Cc}]|[\u007f-\u009f])*/uy;
const SIGN = /\.\.\.|[!$&():=@[\]{}|]/y;
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const NUMBER = /-?(?:0(?!\d)|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y;
/** What would be another number than the one that was read. */
const NUMBER_GOES_ON = /[.eE]/y;
const STRING = /"((?:\t|(?!["\\])[^\p{Cc}]|[\u007f-\u009f]|\\(?:u[0-9a-fA-F]{4}|["\\/bfnrt]))*)"/uy;
const BLOCK_START = /"""/y;

/** Reads all tokens up to the end, or to the first that is none. */
export function readTokens(text: string): readonly Token[] {
  const scanner = new Scanner(text);
  const tokens: Token[] = [];
  for (;;) {
    const token = scanner.read();
    tokens.push(token);
    if (token.kind === TOKEN_KINDS.end || token.kind === TOKEN_KINDS.invalid) return tokens;
  }
}

class Scanner {
  readonly #text: string;
  #at = 0;
  #line = 1;
  #lineStart = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): Token {
    const comments = this.#skipToToken();
    const start = this.#at;
    const make = (kind: string, value: string, shift = 0): Token => ({
      kind,
      value,
      line: this.#line,
      column: this.#column(start) + shift,
      comments,
    });
    if (start >= this.#text.length) return make(TOKEN_KINDS.end, '');
    const sign = this.#take(SIGN);
    if (sign !== undefined) return make(sign, '');
    const name = this.#take(NAME);
    if (name !== undefined) return make(TOKEN_KINDS.name, name);
    if (this.#take(BLOCK_START) !== undefined) {
      const block = this.#readBlock();
      return block === undefined ? this.#invalid(comments) : make(TOKEN_KINDS.block, block, 3);
    }
    const quoted = this.#take(STRING);
    if (quoted !== undefined) return make(TOKEN_KINDS.string, unescape(quoted), 1);
    const number = this.#take(NUMBER);
    if (number === undefined || this.#take(NUMBER_GOES_ON) !== undefined) {
      return this.#invalid(comments);
    }
    return make(/[.eE]/.test(number) ? TOKEN_KINDS.float : TOKEN_KINDS.int, number);
  }

  #skipToToken(): readonly string[] {
    const comments: string[] = [];
    for (;;) {
      const comment = this.#take(COMMENT);
      if (comment !== undefined) comments.push(comment);
      else if (this.#take(LINE_END) !== undefined) this.#newLine();
      else if (this.#take(SPACE) === undefined) return comments;
    }
  }

  #newLine(): void {
    this.#line += 1;
    this.#lineStart = this.#at;
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  #column(at: number): number {
    // The start of a text over several lines lies before the line of its end.
    const before = this.#text.slice(Math.min(at, this.#lineStart), Math.max(at, this.#lineStart));
    const characters = Array.from(before).length;
    return (at < this.#lineStart ? -characters : characters) + 1;
  }

  #invalid(comments: readonly string[]): Token {
    const [line, column] = [this.#line, this.#column(this.#at)];
    return { kind: TOKEN_KINDS.invalid, value: '', line, column, comments };
  }

  /** Behind the opening quotes; `undefined` without closing ones. */
  #readBlock(): string | undefined {
    let raw = '';
    while (this.#at < this.#text.length) {
      const quotes = this.#take(/"+/y);
      if (quotes !== undefined) {
        raw += quotes.length < 3 ? quotes : quotes.slice(3);
        if (quotes.length >= 3) return trimBlock(raw);
      } else if (this.#take(/\\"""/y) !== undefined) raw += '"""';
      else if (this.#take(LINE_END) !== undefined) {
        raw += '\n';
        this.#newLine();
      } else {
        const plain = this.#take(/(?:\t|(?!["\\])[^\p{Cc}]|[\u007f-\u009f])+|\\/uy);
        if (plain === undefined) return undefined;
        raw += plain;
      }
    }
    return undefined;
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

function unescape(quoted: string): string {
  return quoted
    .slice(1, -1)
    .replace(/\\(?:u(.{4})|(.))/g, (_, hex: string | undefined, letter: string) =>
      hex === undefined
        ? (ESCAPES[letter] ?? letter)
        : // A lone surrogate is no character for Go.
          String.fromCharCode(Number.parseInt(hex, 16)).toWellFormed(),
    );
}

/** The specification's BlockStringValue: without the indentation that all lines share, and blank lines at both ends. */
function trimBlock(raw: string): string {
  const lines = raw.split('\n');
  const indents = lines.filter((line) => /[^ \t]/.test(line)).map((line) => line.search(/[^ \t]/));
  const indent = indents.length === 0 ? 0 : Math.min(...indents);
  const cut = lines.map((line, index) => (index === 0 ? line : line.slice(indent)));
  const isBlank = (line: string): boolean => !/[^ \t]/.test(line);
  const start = cut.findIndex((line) => !isBlank(line));
  const end = cut.findLastIndex((line) => !isBlank(line));
  return start === -1 ? '' : cut.slice(start, end + 1).join('\n');
}
