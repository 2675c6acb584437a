/** `object.subset`: whether one value is a part of another. */
import { areEqual, findValue } from '../compare-values.ts';
import { isRegoArray, RegoObject, RegoSet, type RegoValue } from '../rego-value.ts';
import { BuiltinError, type BuiltinContext, type BuiltinFamily } from './builtin.ts';

/** By their Rego name. */
export const OBJECT_BUILTINS: BuiltinFamily = {
  'object.subset': ([whole, part], context) => {
    const answer =
      whole === undefined || part === undefined ? undefined : isPart(whole, part, context);
    if (answer !== undefined) return answer;
    throw new BuiltinError(
      'both arguments object.subset must be of the same type or array and set',
    );
  },
};

/** One comparison of two values takes some 50 ns. */
const COMPARE_FUEL = 15;

/** `undefined` for values that cannot be compared so. */
function isPart(whole: RegoValue, part: RegoValue, { spend }: BuiltinContext): boolean | undefined {
  const isSame = (a: RegoValue, b: RegoValue): boolean => {
    spend?.(COMPARE_FUEL);
    return areEqual(a, b);
  };
  const has = (items: readonly RegoValue[], wanted: RegoValue): boolean =>
    items.some((item) => isSame(item, wanted));
  if (whole instanceof RegoObject && part instanceof RegoObject) {
    spend?.(whole.entries.length * part.entries.length * COMPARE_FUEL);
    return part.entries.every(([key, value]) => {
      const own = findValue(whole, key);
      if (own === undefined) return false;
      if (isSame(own, value)) return true;
      // An array within an object is compared with arrays only.
      if (value instanceof RegoSet && !(own instanceof RegoSet)) return false;
      return isPart(own, value, { nowMs: 0, ...(spend && { spend }) }) ?? false;
    });
  }
  if (part instanceof RegoSet) {
    const items = whole instanceof RegoSet ? whole.items : whole;
    if (!isItems(items)) return undefined;
    // OPA's answer for an array and an empty set.
    if (!(whole instanceof RegoSet) && part.items.length === 0) return items.length > 0;
    return part.items.every((item) => has(items, item));
  }
  if (!isRegoArray(whole) || !isRegoArray(part)) return undefined;
  const isHere = (from: number): boolean =>
    part.every((item, index) => {
      const own = whole[from + index];
      return own !== undefined && isSame(own, item);
    });
  return part.length === 0 || whole.some((_, from) => isHere(from));
}

function isItems(value: RegoValue | readonly RegoValue[]): value is readonly RegoValue[] {
  return Array.isArray(value);
}
