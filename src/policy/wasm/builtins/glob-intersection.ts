/**
 * `regex.globs_match`: whether a text that is not empty matches both patterns. They consist of characters, `.` and sets such
 * as `[a-z]`, each with `*` or `+` behind it or nothing.
 */
import { BuiltinError, BuiltinLimitError } from './builtin.ts';
import { BUILTIN_LIMITS } from './limits.ts';

interface Token {
  /** Ranges of code points; `undefined` for any character. */
  readonly ranges: readonly (readonly [from: number, to: number])[] | undefined;
  readonly isOptional: boolean;
  readonly repeats: boolean;
}

/** Goes through both patterns at once, as through two automata. */
export function findIntersection(
  a: string,
  b: string,
  spend: ((units: number) => void) | undefined,
): boolean {
  const [x, y] = [readTokens(a), readTokens(b)];
  const width = y.length + 1;
  spend?.((x.length + 1) * width * PAIR_FUEL);
  // For a pair of positions: 1 where an empty text leads there, 2 where another one does.
  const reached = new Uint8Array((x.length + 1) * width);
  const waiting = [0];
  reached[0] = 1;
  const reach = (i: number, j: number, how: number): void => {
    const place = i * width + j;
    const known = reached[place] ?? 0;
    if ((known | how) === known) return;
    reached[place] = known | how;
    waiting.push(place);
  };
  for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
    const [i, j] = [Math.floor(place / width), place % width];
    const [s, t] = [x[i], y[j]];
    const how = reached[place] ?? 0;
    if (s?.isOptional === true) reach(i + 1, j, how);
    if (t?.isOptional === true) reach(i, j + 1, how);
    if (s === undefined || t === undefined || !overlap(s, t)) continue;
    for (const di of s.repeats ? [0, 1] : [1]) {
      for (const dj of t.repeats ? [0, 1] : [1]) reach(i + di, j + dj, 2);
    }
  }
  return ((reached.at(-1) ?? 0) & 2) !== 0;
}

/** One pair of positions takes some 30 ns. */
const PAIR_FUEL = 10;

function overlap({ ranges: a }: Token, { ranges: b }: Token): boolean {
  if (a === undefined || b === undefined) return true;
  return a.some(([from, to]) =>
    b.some(([otherFrom, otherTo]) => from <= otherTo && otherFrom <= to),
  );
}

function readTokens(pattern: string): readonly Token[] {
  if (pattern.length > BUILTIN_LIMITS.patternChars) {
    throw new BuiltinLimitError(`the glob has more than ${BUILTIN_LIMITS.patternChars} characters`);
  }
  const reader = new GlobReader(pattern);
  const tokens: Token[] = [];
  while (!reader.isAtEnd) tokens.push(reader.readToken());
  return tokens;
}

class GlobReader {
  readonly #pattern: string;
  readonly #characters: readonly string[];
  #at = 0;

  constructor(pattern: string) {
    this.#pattern = pattern;
    this.#characters = Array.from(pattern);
  }

  get isAtEnd(): boolean {
    return this.#at === this.#characters.length;
  }

  readToken(): Token {
    const { character, isEscaped } = this.#read();
    const ranges = isEscaped ? [single(character)] : this.#rangesOf(character);
    const flag = this.#characters[this.#at];
    if (flag !== '*' && flag !== '+') return { ranges, isOptional: false, repeats: false };
    this.#at += 1;
    return { ranges, isOptional: flag === '*', repeats: true };
  }

  #rangesOf(character: string): Token['ranges'] {
    switch (character) {
      case '.':
        return undefined;
      case '[':
        return this.#readSet();
      case ']':
        return this.#fail(`set-close ']' with no preceding '['`);
      case '*':
      case '+':
        return this.#fail(`flag '${character}' must be preceded by a non-flag`);
      default:
        return [single(character)];
    }
  }

  #readSet(): readonly (readonly [number, number])[] {
    const ranges: (readonly [number, number])[] = [];
    let canBegin = false;
    while (!this.isAtEnd) {
      const { character, isEscaped } = this.#read();
      if (!isEscaped && character === ']') return ranges;
      if (isEscaped || character !== '-') {
        ranges.push(single(character));
        canBegin = true;
        continue;
      }
      const before = ranges.at(-1)?.[0];
      if (!canBegin || before === undefined) {
        this.#fail(`range character '-' must be preceded by a Unicode character`);
      }
      if (this.#at >= this.#characters.length - 1) {
        this.#fail(`range character '-' must be followed by a Unicode character`);
      }
      const last = this.#read();
      if (!last.isEscaped && (last.character === ']' || last.character === '-')) {
        this.#fail(`range character '-' cannot be followed by a special symbol`);
      }
      const [to] = single(last.character);
      if (to < before) this.#fail('range is out of order');
      ranges.push([before, to]);
      canBegin = false;
    }
    return this.#fail('found [ without matching ]');
  }

  #read(): { readonly character: string; readonly isEscaped: boolean } {
    const isEscaped = this.#characters[this.#at] === '\\';
    const character = this.#characters[this.#at + (isEscaped ? 1 : 0)];
    if (character === undefined) {
      return this.#fail(String.raw`input ends with a \ (escape) character`);
    }
    this.#at += isEscaped ? 2 : 1;
    return { character, isEscaped };
  }

  #fail(reason: string): never {
    throw new BuiltinError(
      `input:${this.#pattern}, pos:${this.#at}, ${reason}: the input provided is invalid`,
    );
  }
}

function single(character: string): readonly [number, number] {
  const code = Number(character.codePointAt(0));
  return [code, code];
}
