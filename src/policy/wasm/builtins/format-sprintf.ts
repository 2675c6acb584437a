/**
 * `sprintf` exactly as in OPA: Go's `fmt.Sprintf` over strings, integers and floating point numbers; every other value
 * is first printed as OPA prints it and then treated as a string (so `%d` of an array is `%!d(string=["a"])`).
 */
import { RegoNumber, type RegoValue } from '../rego-value.ts';
import { BuiltinLimitError } from './builtin.ts';
import { BUILTIN_LIMITS } from './limits.ts';
import { formatRegoValue } from './format-value.ts';
import { formatGoArgument, goTypeOf, type GoArgument } from './format-go-verb.ts';
import type { GoFlags } from './go-flags.ts';

/** The state of `fmt` between two directives. */
interface Cursor {
  at: number;
  argument: number;
  /** An index such as `[1]` was used somewhere: Go then no longer complains about unused arguments. */
  reordered: boolean;
  /** False if the index of the current directive names no argument. */
  goodArgument: boolean;
  /** The last thing read was an index. */
  afterIndex: boolean;
}

/** Go's limit of widths and precisions; it is checked before the next digit is read. */
const NUMBER_MAX = 1_000_000;

/**
 * Formats as `sprintf(format, values)` does in OPA. `spend` is told how many characters each directive wrote: a width
 * makes much text of few operands.
 */
export function formatSprintf(
  format: string,
  values: readonly RegoValue[],
  spend?: (characters: number) => void,
): string {
  const text = Array.from(format);
  const given = values.map(toGoArgument);
  const cursor: Cursor = {
    at: 0,
    argument: 0,
    reordered: false,
    goodArgument: true,
    afterIndex: false,
  };
  let output = '';
  while (cursor.at < text.length) {
    const next = text.indexOf('%', cursor.at);
    if (next === -1) {
      output += text.slice(cursor.at).join('');
      break;
    }
    output += text.slice(cursor.at, next).join('');
    cursor.at = next + 1;
    const written = formatDirective(text, given, cursor);
    spend?.(written.length);
    output += written;
    // A hundred widths of a million would fill the thread's heap, which ends the whole process.
    if (output.length > BUILTIN_LIMITS.outputChars) {
      throw new BuiltinLimitError(
        `the text has more than ${BUILTIN_LIMITS.outputChars} characters`,
      );
    }
  }
  return output + formatExtra(given, cursor);
}

function formatDirective(
  text: readonly string[],
  given: readonly GoArgument[],
  cursor: Cursor,
): string {
  cursor.goodArgument = true;
  cursor.afterIndex = false;
  const flags = readFlags(text, cursor);
  readIndex(text, given, cursor);
  let output = readWidth(text, given, { cursor, flags });
  output += readPrecision(text, given, { cursor, flags });
  if (!cursor.afterIndex) readIndex(text, given, cursor);
  const verb = text[cursor.at];
  if (verb === undefined) return `${output}%!(NOVERB)`;
  cursor.at += 1;
  if (verb === '%') return `${output}%`;
  if (!cursor.goodArgument) return `${output}%!${verb}(BADINDEX)`;
  const value = given[cursor.argument];
  if (value === undefined) return `${output}%!${verb}(MISSING)`;
  cursor.argument += 1;
  return (
    output + formatGoArgument(value, verb, verb === 'v' || verb === 'w' ? asVerbV(flags) : flags)
  );
}

/** `%#v` and `%+v` mean Go syntax and field names; neither flag then has its usual meaning. */
function asVerbV(flags: GoFlags): GoFlags {
  return { ...flags, sharpV: flags.sharp, plusV: flags.plus, sharp: false, plus: false };
}

function readFlags(text: readonly string[], cursor: Cursor): GoFlags {
  const seen = new Set<string>();
  for (let flag = text[cursor.at]; flag !== undefined && '#0+- '.includes(flag);) {
    seen.add(flag);
    cursor.at += 1;
    flag = text[cursor.at];
  }
  return {
    sharp: seen.has('#'),
    sharpV: false,
    plusV: false,
    zero: seen.has('0'),
    plus: seen.has('+'),
    minus: seen.has('-'),
    space: seen.has(' '),
    width: undefined,
    precision: undefined,
  };
}

interface Directive {
  readonly cursor: Cursor;
  readonly flags: GoFlags;
}

function readWidth(
  text: readonly string[],
  given: readonly GoArgument[],
  { cursor, flags }: Directive,
): string {
  if (text[cursor.at] !== '*') {
    flags.width = readNumber(text, cursor);
    // A width after an index, as in "%[3]2d", is not Go.
    if (cursor.afterIndex && flags.width !== undefined) cursor.goodArgument = false;
    return '';
  }
  cursor.at += 1;
  flags.width = takeInteger(given, cursor);
  cursor.afterIndex = false;
  if (flags.width === undefined) return '%!(BADWIDTH)';
  if (flags.width < 0) {
    flags.width = -flags.width;
    flags.minus = true;
    flags.zero = false;
  }
  return '';
}

function readPrecision(
  text: readonly string[],
  given: readonly GoArgument[],
  { cursor, flags }: Directive,
): string {
  if (text[cursor.at] !== '.' || cursor.at + 1 >= text.length) return '';
  cursor.at += 1;
  if (cursor.afterIndex) cursor.goodArgument = false;
  readIndex(text, given, cursor);
  if (text[cursor.at] !== '*') {
    flags.precision = readNumber(text, cursor) ?? 0;
    return '';
  }
  cursor.at += 1;
  const precision = takeInteger(given, cursor);
  cursor.afterIndex = false;
  flags.precision = precision !== undefined && precision >= 0 ? precision : undefined;
  return flags.precision === undefined ? '%!(BADPREC)' : '';
}

function readNumber(text: readonly string[], cursor: Cursor): number | undefined {
  let value: number | undefined;
  for (let digit = text[cursor.at]; digit !== undefined && /^[0-9]$/.test(digit);) {
    if (value !== undefined && value > NUMBER_MAX) {
      // As in Go: a number that is too large swallows the rest of the format.
      cursor.at = text.length;
      return undefined;
    }
    value = (value ?? 0) * 10 + Number(digit);
    cursor.at += 1;
    digit = text[cursor.at];
  }
  return value;
}

/** The integer argument that a `*` takes. */
function takeInteger(given: readonly GoArgument[], cursor: Cursor): number | undefined {
  const value = given[cursor.argument];
  if (value === undefined) return undefined;
  cursor.argument += 1;
  if (value.type !== 'int64') return undefined;
  const integer = Number(value.value);
  return Math.abs(integer) <= NUMBER_MAX ? integer : undefined;
}

/** An explicit argument index: `[2]`. */
function readIndex(text: readonly string[], given: readonly GoArgument[], cursor: Cursor): void {
  cursor.afterIndex = false;
  if (text[cursor.at] !== '[') return;
  cursor.reordered = true;
  const close = text.indexOf(']', cursor.at);
  if (close === -1) {
    cursor.at += 1;
    cursor.goodArgument = false;
    return;
  }
  const inside = text.slice(cursor.at + 1, close).join('');
  cursor.at = close + 1;
  const index = /^\d{1,7}$/.test(inside) ? Number(inside) : undefined;
  cursor.afterIndex = index !== undefined;
  if (index !== undefined && index >= 1 && index <= given.length) cursor.argument = index - 1;
  else cursor.goodArgument = false;
}

function formatExtra(given: readonly GoArgument[], { reordered, argument }: Cursor): string {
  if (reordered || argument >= given.length) return '';
  const none = readFlags([], { at: 0, argument, reordered, goodArgument: true, afterIndex: false });
  const extra = given
    .slice(argument)
    .map((value) => `${goTypeOf(value)}=${formatGoArgument(value, 'v', none)}`);
  return `%!(EXTRA ${extra.join(', ')})`;
}

function toGoArgument(value: RegoValue): GoArgument {
  if (typeof value === 'string') return { type: 'string', value };
  if (!(value instanceof RegoNumber)) return { type: 'string', value: formatRegoValue(value) };
  if (/[.eE]/.test(value.text)) {
    const float = Number(value.text);
    // As in OPA: a number that is too large for a float64 prints as written.
    return Number.isFinite(float)
      ? { type: 'float64', value: float }
      : { type: 'string', value: value.text };
  }
  const integer = BigInt(value.text);
  return { type: BigInt.asIntN(64, integer) === integer ? 'int64' : '*big.Int', value: integer };
}
