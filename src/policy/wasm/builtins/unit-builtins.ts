/** `units.parse` and `units.parse_bytes`: quantities of Kubernetes and sizes of files, exact. */
import { formatRational, parseRational, roundToBits, type Rational } from '../rego-number.ts';
import { regoInteger, RegoNumber, type RegoValue } from '../rego-value.ts';
import { BuiltinError, type BuiltinFamily } from './builtin.ts';
import { textOperand } from './operand.ts';

/** By their Rego name. */
export const UNIT_BUILTINS: BuiltinFamily = {
  'units.parse': (operands) => parseUnits(textOperand(operands, 0)),
  'units.parse_bytes': (operands) => parseBytes(textOperand(operands, 0)),
};

const LETTERS = ['k', 'm', 'g', 't', 'p', 'e'];
/** OPA's own limit of the digits of an exponent. */
const EXPONENT_DIGITS_MAX = 6;
/** The precision of Go's `big.Float` where nothing else is said. */
const FLOAT_BITS = 64;
/** `0.001` as OPA has it: the nearest number of 64 bits. */
const MILLI: Rational = { numerator: 1_152_921_504_606_847n, denominator: 1n << 60n };
/** OPA prints so many digits of what is no whole number. */
const FRACTION_DIGITS = 10;

function parseUnits(text: string): RegoValue {
  const name = 'units.parse';
  const { amount, unit } = splitAmount(name, text.replaceAll('"', ''));
  const factor = unitFactor(unit);
  if (factor === undefined) throw new BuiltinError(`${name}: unit ${unit} not recognized`);
  const number = parseRational(amount);
  if (number === undefined) {
    throw new BuiltinError(`${name}: could not parse amount to a number`);
  }
  const numerator = number.numerator * factor.numerator;
  const denominator = number.denominator * factor.denominator;
  if (numerator % denominator === 0n) return regoInteger(numerator / denominator);
  return new RegoNumber(formatRational({ numerator, denominator }, FRACTION_DIGITS));
}

/** `m` is a thousandth, `M` a million; of other letters, capitals mean the same. */
function unitFactor(unit: string): Rational | undefined {
  if (unit === 'm') return MILLI;
  if (unit === '') return { numerator: 1n, denominator: 1n };
  const lower = unit.toLowerCase();
  const power = LETTERS.indexOf(lower.slice(0, 1)) + 1;
  const base = lower.length === 1 ? 1000n : lower.slice(1) === 'i' ? 1024n : undefined;
  if (power === 0 || base === undefined) return undefined;
  return { numerator: base ** BigInt(power), denominator: 1n };
}

function parseBytes(text: string): RegoValue {
  const name = 'units.parse_bytes';
  const { amount, unit } = splitAmount(name, text.toLowerCase().replaceAll('"', ''));
  const factor = byteFactor(unit);
  if (factor === undefined) throw new BuiltinError(`${name}: byte unit ${unit} not recognized`);
  const number = parseRational(amount);
  if (number === undefined) {
    throw new BuiltinError(`${name}: could not parse byte amount to a number`);
  }
  const rounded = roundToBits(number, FLOAT_BITS);
  const product = roundToBits(
    { numerator: rounded.numerator * factor, denominator: rounded.denominator },
    FLOAT_BITS,
  );
  return regoInteger(product.numerator / product.denominator);
}

function byteFactor(unit: string): bigint | undefined {
  if (unit === '') return 1n;
  const [found, letter = '', binary] = /^([kmgtpe])(i?)b?$/.exec(unit) ?? [];
  if (found === undefined) return undefined;
  return (binary === 'i' ? 1024n : 1000n) ** BigInt(LETTERS.indexOf(letter) + 1);
}

/** An amount, with an exponent if a digit or a sign follows the `e`, and the rest as its unit. */
function splitAmount(
  name: string,
  text: string,
): { readonly amount: string; readonly unit: string } {
  const bytes = name === 'units.parse_bytes' ? 'byte ' : '';
  if (text.includes(' ')) {
    throw new BuiltinError(`${name}: spaces not allowed in resource strings`);
  }
  const amount = /^(?:[eE](?:[+-]|(?=\d))|[\d.+-])*/.exec(text)?.[0] ?? '';
  const exponents = amount.matchAll(/[eE][+-]?(\d*)/g);
  for (const [, digits = ''] of exponents) {
    if (digits.length > EXPONENT_DIGITS_MAX) {
      throw new BuiltinError(`${name}: exponent too large`);
    }
  }
  if (amount === '') throw new BuiltinError(`${name}: no ${bytes}amount provided`);
  return { amount, unit: text.slice(amount.length) };
}
