/** Goes through the tokens of a text in GraphQL. Its errors are those that OPA gives. */
import { BuiltinError, BuiltinLimitError } from '../builtin.ts';
import { quoteGo } from '../format-value.ts';
import type { CommentGroup } from './document-types.ts';
import { readTokens, TOKEN_KINDS, type Token } from './token-list.ts';

/** A query of a person nests some ten levels; each takes stack. */
const DEPTH_MAX = 200;

const END: Token = { kind: TOKEN_KINDS.end, value: '', line: 0, column: 0, comments: [] };

/** Not reentrant. */
export class TokenCursor {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#tokens = readTokens(text);
  }

  /** The token that comes next. */
  get token(): Token {
    return this.#tokens[this.#at] ?? this.#tokens.at(-1) ?? END;
  }

  /** The token that was taken last. */
  get previous(): Token {
    return this.#tokens[this.#at - 1] ?? END;
  }

  /** Whether this word comes next, in whatever kind of token. */
  isAt(value: string): boolean {
    return this.token.value === value;
  }

  /** Whether a token of this kind comes next. */
  isAtKind(kind: string): boolean {
    return this.token.kind === kind;
  }

  /** The comments before the next token; `null` where there are none. */
  get comment(): CommentGroup | null {
    const { comments } = this.token;
    return comments.length === 0 ? null : { List: comments.map((Value) => ({ Value })) };
  }

  /** Takes the next token. */
  next(): Token {
    const { token } = this;
    this.#at += 1;
    return token;
  }

  /** Takes the next token if it is of this kind. */
  skip(kind: string): boolean {
    const isThere = this.isAtKind(kind);
    if (isThere) this.#at += 1;
    return isThere;
  }

  /** Takes the next token, which must be of this kind. */
  expect(kind: string): Token {
    if (this.isAtKind(kind)) return this.next();
    throw this.#error(`Expected ${kind}, found ${this.token.kind}`);
  }

  /** Takes a name. */
  expectName(): string {
    return this.expect(TOKEN_KINDS.name).value;
  }

  /** Takes this word. */
  expectKeyword(value: string): void {
    if (this.isAtKind(TOKEN_KINDS.name) && this.isAt(value)) this.#at += 1;
    else throw this.#error(`Expected ${quoteGo(value)}, found ${describe(this.token)}`);
  }

  /** What nobody expects. */
  unexpected(token = this.token): BuiltinError {
    return this.#error(`Unexpected ${describe(token)}`, token);
  }

  /** Items between two signs: none if the first is not there; else at least one, unless `isEmptyAllowed`. */
  listOf<T>(
    [open, close]: readonly [string, string],
    readItem: () => T,
    isEmptyAllowed = false,
  ): { readonly items: readonly T[]; readonly comment: CommentGroup | null } {
    if (!this.skip(open)) return { items: [], comment: null };
    const items: T[] = [];
    this.#enter();
    while (!this.isAtKind(close)) items.push(readItem());
    this.#depth -= 1;
    if (items.length === 0 && !isEmptyAllowed) {
      throw this.#error(`expected at least one definition, found ${this.token.kind}`);
    }
    const { comment } = this;
    this.next();
    return { items, comment };
  }

  /** For what nests without signs of its own. */
  nested<T>(read: () => T): T {
    this.#enter();
    const result = read();
    this.#depth -= 1;
    return result;
  }

  #enter(): void {
    this.#depth += 1;
    if (this.#depth > DEPTH_MAX) {
      throw new BuiltinLimitError(`the GraphQL nests more than ${DEPTH_MAX} levels`);
    }
  }

  #error(message: string, { line, column } = this.token): BuiltinError {
    return new BuiltinError(placeError(message, { line, column }));
  }
}

/** A message as OPA has it, with the place if it can be told. */
export function placeError(
  message: string,
  place: { readonly line: number; readonly column: number } | undefined,
): string {
  if (place === undefined) return `GraphQL parse error: input: ${message}`;
  const { line, column } = place;
  // A string over several lines begins before the line that it is counted from.
  if (column < 0) return `GraphQL parse error: input:${line}:${column}: ${message}`;
  return `${message} in GraphQL string at location ${line}:${column}`;
}

function describe({ kind, value }: Token): string {
  return value === '' ? kind : `${kind} ${quoteGo(value)}`;
}
