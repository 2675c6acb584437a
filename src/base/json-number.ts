/** Whether a JSON number survives as a 64 bit float. Source: RFC 8259 section 6, RFC 7493 section 2.2. */

/**
 * - `exact`: the float prints as the same decimal value
 * - `inexact`: digits would be lost (`9007199254740993`, `0.10000000000000000001`, `1e-400`)
 * - `infinite`: beyond every finite float (`1e400`)
 */
export type NumberClass = 'exact' | 'inexact' | 'infinite';

/** Classifies the text of one JSON number. Values are compared, not texts: `1.0` and `1e0` are exact. */
export function classifyNumber(text: string): NumberClass {
  const float = Number(text);
  if (!Number.isFinite(float)) return 'infinite';
  // Rounding never turns a number into one with the same digits at another power of ten,
  // so the significant digits alone decide.
  return significantDigits(text) === significantDigits(String(float)) ? 'exact' : 'inexact';
}

/** The digits of the mantissa without leading and trailing zeros; empty for zero. */
function significantDigits(text: string): string {
  const exponentAt = text.search(/[eE]/);
  const mantissa = exponentAt === -1 ? text : text.slice(0, exponentAt);
  const digits = mantissa.replaceAll(/[-.]/g, '');
  let start = 0;
  let end = digits.length;
  while (start < end && digits[start] === '0') start += 1;
  while (end > start && digits[end - 1] === '0') end -= 1;
  return digits.slice(start, end);
}
