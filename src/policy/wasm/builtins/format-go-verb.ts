/** One argument under one verb, as Go's `fmt` prints it (package fmt, "Printing"). */
import { isPrintableGo, quoteGo } from './format-value.ts';
import { formatGoFloat } from './format-go-float.ts';
import { padGo, type GoFlags } from './go-flags.ts';

/** The kinds of argument that OPA passes to `fmt`. */
export type GoArgument =
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'int64' | '*big.Int'; readonly value: bigint }
  | { readonly type: 'float64'; readonly value: number };

/** The argument's Go type. */
export function goTypeOf({ type }: GoArgument): string {
  return type;
}

/** Prints an argument; a verb that does not fit its type prints as `%!d(string=hi)`. */
export function formatGoArgument(argument: GoArgument, verb: string, flags: GoFlags): string {
  if (verb === 'T') return String(formatText(argument.type, 's', flags));
  const formatted = formatByType(argument, verb, flags);
  if (formatted !== undefined) return formatted;
  if (argument.type === '*big.Int') return `%!${verb}(big.Int=${argument.value})`;
  return `%!${verb}(${argument.type}=${String(formatByType(argument, 'v', flags))})`;
}

function formatByType(argument: GoArgument, verb: string, flags: GoFlags): string | undefined {
  switch (argument.type) {
    case 'string':
      return formatText(argument.value, verb, flags);
    case 'float64':
      return formatGoFloat(argument.value, verb, flags);
    case 'int64':
      return formatInteger(argument.value, verb, flags);
    case '*big.Int':
      return formatBigInteger(argument.value, verb, flags);
  }
}

function formatText(text: string, verb: string, flags: GoFlags): string | undefined {
  const cut =
    flags.precision === undefined ? text : Array.from(text).slice(0, flags.precision).join('');
  switch (verb) {
    case 'v':
      return flags.sharpV ? padGo(quoteGo(cut), flags) : padGo(cut, flags);
    case 's':
      return padGo(cut, flags);
    case 'q':
      if (flags.sharp && canBackquote(cut)) {
        return padGo(`\`${cut}\``, flags);
      }
      return padGo(quoteGo(cut, { ascii: flags.plus }), flags);
    case 'x':
    case 'X':
      return formatTextHex(text, verb, flags);
    default:
      return undefined;
  }
}

/** Go's `strconv.CanBackquote`: one line without control characters other than tab. */
function canBackquote(text: string): boolean {
  return !/[`\ufeff]|(?!\t)\p{Cc}/u.test(text.replaceAll(/[\u0080-\u009f]/g, ''));
}

/** Hexadecimal of the UTF-8 bytes; the precision counts bytes. */
function formatTextHex(text: string, verb: 'x' | 'X', flags: GoFlags): string {
  const bytes = new TextEncoder().encode(text).subarray(0, flags.precision);
  const prefix = flags.sharp ? '0x' : '';
  const pairs = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'));
  const joined = flags.space
    ? pairs.map((pair) => prefix + pair).join(' ')
    : (pairs.length > 0 ? prefix : '') + pairs.join('');
  return padGo(verb === 'X' ? joined.toUpperCase() : joined, flags);
}

const BASES: Readonly<Record<string, number>> = { v: 10, d: 10, b: 2, o: 8, O: 8, x: 16, X: 16 };

function formatInteger(value: bigint, verb: string, flags: GoFlags): string | undefined {
  const base = BASES[verb];
  if (base !== undefined) return formatDigits(value, { verb, base, flags });
  // Anything but a Unicode scalar value prints as the replacement character.
  const code = value >= 0n && value <= 0x10ffffn ? Number(value) : 0xfffd;
  const character = String.fromCodePoint(code >= 0xd800 && code <= 0xdfff ? 0xfffd : code);
  if (verb === 'c') return padGo(character, flags);
  if (verb === 'q') return padGo(quoteGo(character, { quote: "'", ascii: flags.plus }), flags);
  if (verb === 'U') return formatCodePoint(value, flags);
  return undefined;
}

function formatCodePoint(value: bigint, flags: GoFlags): string {
  const digits = BigInt.asUintN(64, value).toString(16).toUpperCase();
  const written = `U+${digits.padStart(Math.max(4, flags.precision ?? 0), '0')}`;
  const known = value >= 0n && value <= 0x10ffffn ? String.fromCodePoint(Number(value)) : '';
  const shown = flags.sharp && isPrintableGo(known) ? ` '${known}'` : '';
  return padGo(written + shown, { ...flags, zero: false });
}

interface DigitOptions {
  readonly verb: string;
  readonly base: number;
  readonly flags: GoFlags;
}

function formatDigits(value: bigint, { verb, base, flags }: DigitOptions): string {
  const { width, precision } = flags;
  const noZeros = { ...flags, zero: false };
  if (precision === 0 && value === 0n) return ' '.repeat(width ?? 0);
  const sign = value < 0n ? '-' : flags.plus ? '+' : flags.space ? ' ' : '';
  const zeroWidth = flags.zero && !flags.minus ? (width ?? 0) - sign.length : 0;
  let digits = (value < 0n ? -value : value).toString(base);
  digits = digits.padStart(precision ?? zeroWidth, '0');
  if (verb === 'X') digits = digits.toUpperCase();
  return padGo(sign + digitPrefix(verb, digits, flags.sharp) + digits, noZeros);
}

function digitPrefix(verb: string, digits: string, sharp: boolean): string {
  const letter = verb === 'O' ? '0o' : '';
  if (!sharp) return letter;
  if (verb === 'b') return '0b';
  if (verb === 'o' || verb === 'O') return letter + (digits.startsWith('0') ? '' : '0');
  return verb === 'x' || verb === 'X' ? `0${verb}` : '';
}

/** `big.Int` formats itself: other rules for prefixes, and zeros count towards the whole width. */
function formatBigInteger(value: bigint, verb: string, flags: GoFlags): string | undefined {
  const base = verb === 's' ? 10 : BASES[verb];
  if (base === undefined) return undefined;
  const sign = value < 0n ? '-' : flags.plus || flags.plusV ? '+' : flags.space ? ' ' : '';
  const prefixes: Readonly<Record<string, string>> = { b: '0b', o: '0', x: '0x', X: '0X' };
  const prefix = verb === 'O' ? '0o' : flags.sharp || flags.sharpV ? (prefixes[verb] ?? '') : '';
  let digits = (value < 0n ? -value : value).toString(base).padStart(flags.precision ?? 0, '0');
  if (verb === 'X') digits = digits.toUpperCase();
  if (flags.zero && !flags.minus && flags.precision === undefined) {
    digits = digits.padStart((flags.width ?? 0) - sign.length - prefix.length, '0');
  }
  return padGo(sign + prefix + digits, { ...flags, zero: false });
}
