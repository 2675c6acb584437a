/** Floating point numbers as Go prints them (strconv.FormatFloat and package fmt). */
import { padGo, type GoFlags } from './go-flags.ts';

/** Go's exponent has at least two digits: `1e+06`. */
function withGoExponent(text: string): string {
  return text.replace(/e([+-])(\d)$/, 'e$10$2');
}

/** Prints a finite number, or returns `undefined` if the verb is not for floating point numbers. */
export function formatGoFloat(value: number, verb: string, flags: GoFlags): string | undefined {
  const text = formatUnsigned(Math.abs(value), verb, flags);
  if (text === undefined) return undefined;
  const negative = value < 0 || Object.is(value, -0);
  const sign = negative ? '-' : flags.plus ? '+' : flags.space ? ' ' : '';
  if (sign !== '' && flags.zero && !flags.minus) {
    return sign + padGo(text, { ...flags, width: (flags.width ?? 0) - 1 });
  }
  return padGo(sign + text, flags);
}

function formatUnsigned(value: number, verb: string, flags: GoFlags): string | undefined {
  const { precision } = flags;
  if (!'vgGeEfF'.includes(verb)) return undefined;
  const lower = verb.toLowerCase();
  const text =
    lower === 'f'
      ? toFixedExact(value, precision ?? 6)
      : lower === 'e'
        ? withGoExponent(toExponentialEven(value, precision ?? 6))
        : formatGeneral(value, precision, flags.sharp);
  const pointed = flags.sharp && !/[.]/.test(text) ? addPoint(text) : text;
  return verb === 'G' || verb === 'E' ? pointed.toUpperCase() : pointed;
}

function addPoint(text: string): string {
  const exponent = text.indexOf('e');
  return exponent === -1 ? `${text}.` : `${text.slice(0, exponent)}.${text.slice(exponent)}`;
}

/** `%g`: exponents below -4, or not below the precision (6 where the shortest form is asked for), use `%e`. */
function formatGeneral(value: number, precision: number | undefined, sharp: boolean): string {
  const shortest = precision === undefined;
  const digitsMax = precision === 0 ? 1 : Math.min(precision ?? 17, 100);
  const exponential = shortest ? value.toExponential() : toExponentialEven(value, digitsMax - 1);
  const [mantissa = '0', power = '0'] = exponential.split('e');
  const kept = sharp ? padSharp(mantissa, precision ?? 6) : trimZeros(mantissa);
  const exponent = Number(power);
  const digits = kept.replace('.', '').length;
  const threshold = shortest
    ? 6
    : digitsMax > digits && digits >= exponent + 1
      ? digits
      : digitsMax;
  if (exponent < -4 || exponent >= threshold) {
    return withGoExponent(`${kept}e${exponent < 0 ? '-' : '+'}${Math.abs(exponent)}`);
  }
  return shiftPoint(kept.replace('.', ''), exponent);
}

function trimZeros(mantissa: string): string {
  return mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa;
}

/** `%#g` keeps trailing zeros up to the precision. */
function padSharp(mantissa: string, precision: number): string {
  const digits = mantissa.replace('.', '').padEnd(precision, '0');
  return digits.length === 1 ? digits : `${digits.slice(0, 1)}.${digits.slice(1)}`;
}

function shiftPoint(digits: string, exponent: number): string {
  if (exponent < 0) return `0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  const fraction = digits.slice(exponent + 1);
  return fraction === '' ? whole : `${whole}.${fraction}`;
}

/** `Number.prototype.toFixed` turns to exponents from 1e21 on; an integer of that size has exact decimal digits. */
function toFixedExact(value: number, precision: number): string {
  if (value < 1e21) return toFixedEven(value, precision);
  return precision === 0 ? BigInt(value).toString() : `${BigInt(value)}.${'0'.repeat(precision)}`;
}

/** JavaScript rounds a tie up, Go to the even digit. A tie is a final 5 in the exact digits. */
function isEvenTie(exact: string, kept: number): boolean {
  return (
    /^50*$/.test(exact.slice(kept).replace('.', '')) && /[02468]\.?$/.test(exact.slice(0, kept))
  );
}

/** Digits beyond those of JavaScript are zeros for every number that occurs in a message. */
const FRACTION_DIGITS_MAX = 100;

function toExponentialEven(value: number, fractionDigits: number): string {
  const digits = Math.min(fractionDigits, FRACTION_DIGITS_MAX);
  const [exact = '', power = ''] = value.toExponential(FRACTION_DIGITS_MAX).split('e');
  const kept = digits === 0 ? 1 : digits + 2;
  return isEvenTie(exact, kept) ? `${exact.slice(0, kept)}e${power}` : value.toExponential(digits);
}

function toFixedEven(value: number, fractionDigits: number): string {
  const digits = Math.min(fractionDigits, FRACTION_DIGITS_MAX);
  const exact = value.toFixed(FRACTION_DIGITS_MAX);
  const kept = exact.indexOf('.') + (digits === 0 ? 0 : digits + 1);
  return isEvenTie(exact, kept) ? exact.slice(0, kept) : value.toFixed(digits);
}
