/** Rego's order of values: null, booleans, numbers, strings, arrays, objects, sets. */
import { compareNumbers } from './rego-number.ts';
import { isRegoArray, RegoNumber, RegoObject, RegoSet, type RegoValue } from './rego-value.ts';

/** Below zero, zero, or above zero, as the first value stands before, with or after the second. */
export function compareValues(a: RegoValue, b: RegoValue): number {
  const byType = rankOf(a) - rankOf(b);
  if (byType !== 0) return byType;
  if (typeof a === 'string') return typeof b === 'string' ? compareTexts(a, b) : 0;
  if (typeof a === 'boolean' || a === null) return Number(a) - Number(b);
  if (a instanceof RegoNumber) return b instanceof RegoNumber ? compareNumbers(a.text, b.text) : 0;
  if (a instanceof RegoObject) return b instanceof RegoObject ? compareObjects(a, b) : 0;
  return compareLists(sortedItems(a), sortedItems(b));
}

/** Whether two values are the same for Rego: `1` and `1.0` are, and sets with the same items. */
export function areEqual(a: RegoValue, b: RegoValue): boolean {
  return compareValues(a, b) === 0;
}

/** The items in Rego's order, each once. */
export function sortedSet(items: readonly RegoValue[]): RegoSet {
  const sorted = items.toSorted(compareValues);
  return new RegoSet(
    sorted.filter((item, index) => {
      const before = sorted[index - 1];
      return index === 0 || before === undefined || !areEqual(before, item);
    }),
  );
}

/** The value of a key, or `undefined`. */
export function findValue(object: RegoObject, key: RegoValue): RegoValue | undefined {
  return object.entries.find(([own]) => own === key || areEqual(own, key))?.[1];
}

function rankOf(value: RegoValue): number {
  if (value === null) return 0;
  if (typeof value === 'boolean') return 1;
  if (value instanceof RegoNumber) return 2;
  if (typeof value === 'string') return 3;
  if (value instanceof RegoObject) return 5;
  return value instanceof RegoSet ? 6 : 4;
}

/** By code points, which is the order of their UTF-8; JavaScript compares UTF-16, where surrogates stand before U+E000. */
export function compareTexts(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const x = a.charCodeAt(at);
    const y = b.charCodeAt(at);
    if (x === y) continue;
    const isSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdfff;
    if (isSurrogate(x) !== isSurrogate(y)) return isSurrogate(x) ? 1 : -1;
    return x - y;
  }
  return a.length - b.length;
}

function compareLists(a: readonly RegoValue[], b: readonly RegoValue[]): number {
  for (const [index, item] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    const difference = compareValues(item, other);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

function sortedItems(value: RegoValue): readonly RegoValue[] {
  if (value instanceof RegoSet) return value.items.toSorted(compareValues);
  return isRegoArray(value) ? value : [];
}

/** Key by key in their order, each with its value. */
function compareObjects(a: RegoObject, b: RegoObject): number {
  const ofA = a.entries.toSorted(([x], [y]) => compareValues(x, y));
  const ofB = b.entries.toSorted(([x], [y]) => compareValues(x, y));
  for (const [index, [key, value]] of ofA.entries()) {
    const other = ofB[index];
    if (other === undefined) return 1;
    const difference = compareValues(key, other[0]) || compareValues(value, other[1]);
    if (difference !== 0) return difference;
  }
  return ofA.length - ofB.length;
}
