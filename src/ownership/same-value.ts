/** Compares two JSON values with bounded work. */
import { isRecord } from '../base/is-record.ts';

/** How many values may still be compared. One budget for a whole comparison. */
export interface Budget {
  nodes: number;
}

/** Beyond the budget or the depth, values count as different: the strict answer. */
export function isSameValue(from: unknown, to: unknown, limits: SameValueLimits): boolean {
  if (from === to) return true;
  if (typeof from !== 'object' || typeof to !== 'object' || from === null || to === null) {
    return false;
  }
  const { budget, depthLeft } = limits;
  budget.nodes -= 1;
  if (budget.nodes < 0 || depthLeft <= 0) return false;
  const inner = { budget, depthLeft: depthLeft - 1 };
  if (Array.isArray(from) && Array.isArray(to)) return isSameList(from, to, inner);
  if (!isRecord(from) || !isRecord(to)) return false;
  return isSameRecord(from, to, inner);
}

export interface SameValueLimits {
  readonly budget: Budget;
  readonly depthLeft: number;
}

function isSameList(
  from: readonly unknown[],
  to: readonly unknown[],
  limits: SameValueLimits,
): boolean {
  if (from.length !== to.length) return false;
  limits.budget.nodes -= from.length;
  for (let index = 0; index < from.length; index += 1) {
    if (!isSameValue(from[index], to[index], limits)) return false;
  }
  return true;
}

function isSameRecord(
  from: Readonly<Record<string, unknown>>,
  to: Readonly<Record<string, unknown>>,
  limits: SameValueLimits,
): boolean {
  const keys = Object.keys(from);
  if (keys.length !== Object.keys(to).length) return false;
  limits.budget.nodes -= keys.length;
  for (const key of keys) {
    const value = from[key];
    const other = to[key];
    if (value === other) continue;
    // Own keys only: `__proto__` of an object without that key is the prototype, which is empty.
    if (typeof value !== 'object' || !Object.hasOwn(to, key)) return false;
    if (!isSameValue(value, other, limits)) return false;
  }
  return true;
}
