/**
 * Whether two texts are the same quantity, as the API server reads them. Source: apimachinery pkg/api/resource
 * quantity.go: precision ends at a billionth, and resource lists are rounded up to thousandths.
 */

/** Longer than every quantity that the API server accepts with meaning; bounds the arithmetic. */
const CHARS_MAX = 64;
/** Exponents of ten beyond this exceed the largest quantity, 2^63-1. */
const EXPONENT_MAX = 30;

const QUANTITY =
  /^(?<sign>[+-]?)(?<whole>\d*)(?:\.(?<fraction>\d*))?(?:(?<suffix>[numkMGTPE]|[KMGTPE]i)|[eE](?<exponent>[+-]?\d{1,3}))?$/u;

const DECIMAL_EXPONENTS: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const BINARY_POWERS: Readonly<Record<string, bigint>> = {
  Ki: 1n,
  Mi: 2n,
  Gi: 3n,
  Ti: 4n,
  Pi: 5n,
  Ei: 6n,
};
/** Billionths in a thousandth. */
const NANO_IN_MILLI = 1_000_000n;

/** A number of YAML counts as its text. What is no quantity equals only itself. */
export function isSameQuantity(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  const [first, second] = [parseQuantity(one), parseQuantity(other)];
  if (first === undefined || second === undefined) return false;
  return first === second || roundUpToMilli(first) === second || first === roundUpToMilli(second);
}

/** In billionths, rounded up; `undefined` for what is no quantity. */
export function parseQuantity(value: unknown): bigint | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || text.length > CHARS_MAX) return undefined;
  const groups = QUANTITY.exec(text)?.groups;
  if (groups === undefined) return undefined;
  const { sign, whole = '', fraction = '', suffix = '', exponent = '0' } = groups;
  if (whole === '' && fraction === '') return undefined;
  const power = (DECIMAL_EXPONENTS[suffix] ?? 0) + Number(exponent) - fraction.length + 9;
  if (Math.abs(power) > EXPONENT_MAX + CHARS_MAX) return undefined;
  const factor = 1024n ** (BINARY_POWERS[suffix] ?? 0n);
  const digits = BigInt(`${whole}${fraction}`) * factor;
  const nano = power >= 0 ? digits * 10n ** BigInt(power) : divideUp(digits, 10n ** BigInt(-power));
  return sign === '-' ? -nano : nano;
}

function roundUpToMilli(nano: bigint): bigint {
  return nano < 0n ? nano : divideUp(nano, NANO_IN_MILLI) * NANO_IN_MILLI;
}

function divideUp(dividend: bigint, divisor: bigint): bigint {
  return (dividend + divisor - 1n) / divisor;
}
