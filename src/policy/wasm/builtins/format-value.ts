/**
 * Formats values inside strings as OPA does (`ast.Value.String()` of OPA): `["a", 1]`, `{"a": 1}`, `{1, 2}`,
 * `set()`.
 */
import { RegoNumber, RegoObject, RegoSet, type RegoValue } from '../rego-value.ts';

/** A value as OPA prints it; strings are quoted as in Go. */
export function formatRegoValue(value: RegoValue): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return quoteGo(value);
  if (value instanceof RegoNumber) return value.text;
  if (value instanceof RegoSet) {
    return value.items.length === 0 ? 'set()' : `{${value.items.map(formatRegoValue).join(', ')}}`;
  }
  if (value instanceof RegoObject) {
    const pairs = value.entries.map(
      ([k, item]) => `${formatRegoValue(k)}: ${formatRegoValue(item)}`,
    );
    return `{${pairs.join(', ')}}`;
  }
  return `[${value.map(formatRegoValue).join(', ')}]`;
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
};

/** Go's `unicode.IsPrint`: letters, marks, numbers, punctuation, symbols and the ASCII space. */
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

/** Whether Go prints a character unescaped. */
export function isPrintableGo(character: string): boolean {
  return PRINTABLE.test(character);
}

/** Go's `strconv.Quote`; with `ascii`, `strconv.QuoteToASCII`. */
export function quoteGo(text: string, { quote = '"', ascii = false } = {}): string {
  let quoted = quote;
  for (const character of text) quoted += escapeRune(character, quote, ascii);
  return quoted + quote;
}

function escapeRune(character: string, quote: string, ascii: boolean): string {
  if (character === quote) return `\\${quote}`;
  const short = SHORT_ESCAPES[character];
  if (short !== undefined) return short;
  const code = Number(character.codePointAt(0));
  if (isPrintableGo(character) && (code < 0x80 || !ascii)) return character;
  if (code < 0x20 || code === 0x7f) return `\\x${hex(code, 2)}`;
  // A lone surrogate has no UTF-8 form; Go would have read U+FFFD.
  if (code >= 0xd800 && code <= 0xdfff) return ascii ? '\\ufffd' : '\ufffd';
  return code > 0xffff ? `\\U${hex(code, 8)}` : `\\u${hex(code, 4)}`;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}
