/** Exact numbers: what Rego writes as text, as whole numbers and fractions of any size. */
import { BuiltinLimitError } from './builtins/builtin.ts';

/** A fraction; the denominator is above zero. */
export interface Rational {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** Go's `big.Rat` and `big.Float` read these; a digit is needed before or after the point. */
const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;
/** A number of a thousand digits has no use in a policy, and powers of ten grow with the exponent, not with its text. */
const EXPONENT_MAX = 1000;

/** Reads a decimal number; `undefined` if the text is none. */
export function parseRational(text: string): Rational | undefined {
  const [found, sign, whole = '', fraction = '', exponent = '0'] = DECIMAL.exec(text) ?? [];
  if (found === undefined || whole + fraction === '') return undefined;
  const digits = BigInt(whole + fraction) * (sign === '-' ? -1n : 1n);
  const power = Number(exponent) - fraction.length;
  if (Math.abs(power) > EXPONENT_MAX + fraction.length) {
    throw new BuiltinLimitError(`a number with an exponent of ${exponent} is too large`);
  }
  const scale = 10n ** BigInt(Math.abs(power));
  return power < 0
    ? { numerator: digits, denominator: scale }
    : { numerator: digits * scale, denominator: 1n };
}

/** A whole number, however it is written; `undefined` for other numbers. */
export function parseInteger(text: string): bigint | undefined {
  if (/^-?\d+$/.test(text)) return BigInt(text);
  const value = parseRational(text);
  if (value === undefined || value.numerator % value.denominator !== 0n) return undefined;
  return value.numerator / value.denominator;
}

/** Below zero, zero, or above zero, as the first number is less, equal or greater. */
export function compareNumbers(a: string, b: string): number {
  if (a === b) return 0;
  if (a.length < 16 && b.length < 16) {
    const difference = Number(a) - Number(b);
    // Two texts of so few digits that differ by no more than rounding are compared exactly.
    if (Math.abs(difference) > 1e-9 * Math.abs(Number(a))) return difference;
  }
  const x = parseRational(a);
  const y = parseRational(b);
  if (x === undefined || y === undefined) return 0;
  const difference = x.numerator * y.denominator - y.numerator * x.denominator;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** The fraction with so many digits after the point, rounded half away from zero. */
export function formatRational({ numerator, denominator }: Rational, digits: number): string {
  const isNegative = numerator < 0n;
  const scaled = (isNegative ? -numerator : numerator) * 10n ** BigInt(digits);
  const rounded = (2n * scaled + denominator) / (2n * denominator);
  const text = rounded.toString().padStart(digits + 1, '0');
  const point = text.length - digits;
  return `${isNegative ? '-' : ''}${text.slice(0, point)}.${text.slice(point)}`;
}

/** Rounds to so many significant bits, ties to even, as Go's `big.Float` of this precision does. */
export function roundToBits({ numerator, denominator }: Rational, bits: number): Rational {
  if (numerator === 0n) return { numerator, denominator: 1n };
  const size = numerator < 0n ? -numerator : numerator;
  // One bit more than the estimate may be needed: the quotient of the lengths is off by at most one.
  let shift = bitLength(size) - bitLength(denominator) - bits;
  let rounded = divideToEven(size, denominator, shift);
  if (bitLength(rounded) > bits) {
    shift += 1;
    rounded = divideToEven(size, denominator, shift);
  }
  const signed = numerator < 0n ? -rounded : rounded;
  return shift >= 0
    ? { numerator: signed << BigInt(shift), denominator: 1n }
    : { numerator: signed, denominator: 1n << BigInt(-shift) };
}

function bitLength(value: bigint): number {
  const hex = value.toString(16);
  return hex.length * 4 - Math.clz32(Number.parseInt(hex.slice(0, 1), 16)) + 28;
}

/** `numerator / (denominator * 2 ** shift)` as a whole number. */
function divideToEven(numerator: bigint, denominator: bigint, shift: number): bigint {
  const top = shift < 0 ? numerator << BigInt(-shift) : numerator;
  const bottom = shift > 0 ? denominator << BigInt(shift) : denominator;
  const quotient = top / bottom;
  const twice = 2n * (top % bottom);
  if (twice > bottom || (twice === bottom && quotient % 2n === 1n)) return quotient + 1n;
  return quotient;
}
