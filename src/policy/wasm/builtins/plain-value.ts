/** Between Rego values and those that `JSON.parse` gives: for libraries that know no others. */
import { compareTexts } from '../compare-values.ts';
import { isRegoArray, RegoNumber, RegoObject, RegoSet, type RegoValue } from '../rego-value.ts';
import { BuiltinError } from './builtin.ts';
import { formatRegoValue } from './format-value.ts';

/** Sets become arrays, keys texts. A whole number beyond 2^53 stays exact, as a bigint. */
export function toPlainValue(value: RegoValue): unknown {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (value instanceof RegoNumber) return toPlainNumber(value.text);
  if (value instanceof RegoSet) return value.items.map(toPlainValue);
  if (isRegoArray(value)) return value.map(toPlainValue);
  const entries = value.entries.map(([key, item]) => [
    typeof key === 'string' ? key : formatRegoValue(key),
    toPlainValue(item),
  ]);
  return Object.fromEntries(entries);
}

/** Reads a JSON object; every number keeps its digits. `explain` puts what is wrong into words. */
export function readJsonObject(
  text: string,
  explain: (reason: string) => string = (reason) => reason,
): RegoObject {
  const value = readJsonText(text, (reason) => explain(`invalid JSON: ${reason}`));
  if (value instanceof RegoObject) return value;
  throw new BuiltinError(explain('decoded JSON type was not an Object'));
}

/** Reads JSON; every number keeps its digits. `explain` puts what is wrong into words. */
export function readJsonText(text: string, explain: (reason: string) => string): RegoValue {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text, keepDigits);
  } catch (fault) {
    throw new BuiltinError(explain(fault instanceof Error ? fault.message : 'unreadable'));
  }
  return toRegoValue(parsed);
}

/** The third argument of a reviver has the text of what was read (ECMAScript 2026). */
function keepDigits(...[, value, context]: readonly unknown[]): unknown {
  const isNumber = typeof value === 'number' && typeof context === 'object' && context !== null;
  return isNumber && 'source' in context ? new RegoNumber(String(context.source)) : value;
}

/** Reads what a library gives. */
export function toRegoValue(value: unknown): RegoValue {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return new RegoNumber(String(value));
  if (value instanceof RegoNumber) return value;
  if (Array.isArray(value)) return value.map(toRegoValue);
  if (typeof value !== 'object') {
    throw new BuiltinError(`cannot read a value of type ${typeof value}`);
  }
  const entries = Object.entries(value).toSorted(([a], [b]) => compareTexts(a, b));
  return new RegoObject(entries.map(([key, item]) => [key, toRegoValue(item)]));
}

function toPlainNumber(text: string): number | bigint {
  const number = Number(text);
  return /^-?\d+$/.test(text) && !Number.isSafeInteger(number) ? BigInt(text) : number;
}
