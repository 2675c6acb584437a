/** base64url without padding, hexadecimal, and the query of a URL (Go's `net/url`). */
import { compareTexts } from '../compare-values.ts';
import { RegoObject } from '../rego-value.ts';
import { BuiltinError, type BuiltinFamily } from './builtin.ts';
import { quoteGo } from './format-value.ts';
import { itemsOf, objectOperand, textOperand } from './operand.ts';

/** By their Rego name. */
export const ENCODING_BUILTINS: BuiltinFamily = {
  'base64url.encode_no_pad': (operands) =>
    Buffer.from(textOperand(operands, 0)).toString('base64url'),
  'hex.decode': (operands) => decodeHex(textOperand(operands, 0)),
  'hex.encode': (operands) => Buffer.from(textOperand(operands, 0)).toString('hex'),
  'urlquery.decode': (operands) => unescapeQuery(textOperand(operands, 0)),
  'urlquery.decode_object': (operands) => decodeQuery(textOperand(operands, 0)),
  'urlquery.encode': (operands) => escapeQuery(textOperand(operands, 0)),
  'urlquery.encode_object': (operands) => encodeQuery(objectOperand(operands, 0)),
};

function decodeHex(text: string): string {
  const wrong = /[^0-9a-fA-F]/u.exec(text)?.[0];
  if (wrong !== undefined) {
    const code = Number(wrong.codePointAt(0)).toString(16).toUpperCase().padStart(4, '0');
    throw new BuiltinError(
      `encoding/hex: invalid byte: U+${code} ${quoteGo(wrong, { quote: "'" })}`,
    );
  }
  if (text.length % 2 === 1) throw new BuiltinError('encoding/hex: odd length hex string');
  return Buffer.from(text, 'hex').toString();
}

/** Go leaves letters, digits and `-_.~` as they are, and writes a space as `+`. */
function escapeQuery(text: string): string {
  return encodeURIComponent(text.toWellFormed())
    .replaceAll('%20', '+')
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

function unescapeQuery(text: string): string {
  const wrong = /%(?![0-9a-fA-F]{2}).{0,2}/su.exec(text)?.[0];
  if (wrong !== undefined) throw new BuiltinError(`invalid URL escape ${quoteGo(wrong)}`);
  const bytes: number[] = [];
  const source = Buffer.from(text);
  for (let at = 0; at < source.length; at += 1) {
    const byte = source[at] ?? 0;
    if (byte === 0x25) {
      bytes.push(Number.parseInt(source.toString('latin1', at + 1, at + 3), 16));
      at += 2;
    } else bytes.push(byte === 0x2b ? 0x20 : byte);
  }
  return Buffer.from(bytes).toString();
}

function encodeQuery(object: RegoObject): string {
  const pairs = object.entries.flatMap(([key, value]) => {
    const texts = typeof value === 'string' ? [value] : itemsOf(value);
    return (texts ?? [null]).map((text) => {
      if (typeof key !== 'string' || typeof text !== 'string') {
        throw new BuiltinError('operand 1 values must be string, array[string], or set[string]');
      }
      return [key, text] as const;
    });
  });
  return pairs
    .toSorted(([a], [b]) => compareTexts(a, b))
    .map((pair) => pair.map(escapeQuery).join('='))
    .join('&');
}

/** Source: Go's `url.ParseQuery`: a semicolon separates nothing. */
function decodeQuery(query: string): RegoObject {
  const values = new Map<string, string[]>();
  for (const pair of query.split('&')) {
    if (pair === '') continue;
    if (pair.includes(';')) throw new BuiltinError('invalid semicolon separator in query');
    const [key = '', ...rest] = pair.split('=');
    const name = unescapeQuery(key);
    values.set(name, [...(values.get(name) ?? []), unescapeQuery(rest.join('='))]);
  }
  return new RegoObject([...values].toSorted(([a], [b]) => compareTexts(a, b)));
}
