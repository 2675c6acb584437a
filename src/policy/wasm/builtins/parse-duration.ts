/** Durations: those of Go, and days, weeks and years of 365 days. */
import { parseRational } from '../rego-number.ts';
import { BuiltinError } from './builtin.ts';
import { quoteGo } from './format-value.ts';

const HOUR_NS = 3_600_000_000_000n;
const UNITS: ReadonlyMap<string, bigint> = new Map([
  ['ns', 1n],
  ['us', 1000n],
  ['µs', 1000n],
  ['μs', 1000n],
  ['ms', 1_000_000n],
  ['s', 1_000_000_000n],
  ['m', 60_000_000_000n],
  ['h', HOUR_NS],
  ['d', 24n * HOUR_NS],
  ['w', 7n * 24n * HOUR_NS],
  ['y', 365n * 24n * HOUR_NS],
]);
/** A number and its unit. */
const SEGMENTS = /([\d.]*)([^\d.]*)/g;

/** Nanoseconds. */
export function parseDuration(text: string): bigint {
  const sign = text.startsWith('-') ? -1n : 1n;
  const rest = text.replace(/^[+-]/, '');
  if (rest === '0') return 0n;
  const invalid = (): BuiltinError => new BuiltinError(`time: invalid duration ${quoteGo(text)}`);
  if (rest === '') throw invalid();
  let total = 0n;
  for (const [segment, amount = '', unit = ''] of rest.matchAll(SEGMENTS)) {
    if (segment === '') break;
    const value = parseRational(amount);
    if (value === undefined) throw invalid();
    if (unit === '') throw new BuiltinError(`time: missing unit in duration ${quoteGo(text)}`);
    const scale = UNITS.get(unit);
    if (scale === undefined) {
      throw new BuiltinError(`time: unknown unit ${quoteGo(unit)} in duration ${quoteGo(text)}`);
    }
    total += (value.numerator * scale) / value.denominator;
  }
  const signed = sign * total;
  if (BigInt.asIntN(64, signed) !== signed) throw invalid();
  return signed;
}
