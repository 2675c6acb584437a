/**
 * Labels for list items, so that a path is `containers[app]` and does not change with an insertion before it.
 *
 * The merge keys of the built-in types are known only to the API server's schema; here candidate keys are tried
 * in order, and the first one that identifies every item of both lists uniquely is used.
 */
import { isRecord } from '../base/is-record.ts';

/** A label for each item of both lists, or undefined if only indexes distinguish them. */
export interface ItemLabels {
  readonly from: readonly string[];
  readonly to: readonly string[];
}

/** Keys, or key and qualifier, in the order they are tried. */
const MERGE_KEYS: readonly (readonly [key: string, qualifier?: string])[] = [
  ['name'],
  // Before `key`: two volume mounts may mount the same volume, so `name` may repeat.
  ['mountPath'],
  ['containerPort', 'protocol'],
  ['port', 'protocol'],
  ['uid'],
  ['type'],
  ['key', 'effect'],
  ['key'],
  ['ip'],
  ['devicePath'],
  ['topologyKey', 'whenUnsatisfiable'],
  ['host'],
  ['path'],
];

/** Lists longer than this are compared by index: labels would cost too much. */
const LABELLED_ITEMS_MAX = 1000;

/** Labels for the items of lists that hold objects. */
export function labelItems(
  from: readonly unknown[],
  to: readonly unknown[],
): ItemLabels | undefined {
  if (from.length + to.length > LABELLED_ITEMS_MAX) return undefined;
  if (![from, to].every((items) => items.every(isRecord))) return undefined;
  for (const mergeKey of MERGE_KEYS) {
    const fromLabels = labelsBy(mergeKey, from);
    const toLabels = fromLabels && labelsBy(mergeKey, to);
    if (fromLabels !== undefined && toLabels !== undefined) {
      return { from: fromLabels, to: toLabels };
    }
  }
  return undefined;
}

/** Labels for lists that are sets of texts (finalizers): each item names itself. */
export function labelTexts(
  from: readonly unknown[],
  to: readonly unknown[],
): ItemLabels | undefined {
  return areUniqueTexts(from) && areUniqueTexts(to) ? { from, to } : undefined;
}

function areUniqueTexts(items: readonly unknown[]): items is readonly string[] {
  return items.every((item) => typeof item === 'string') && new Set(items).size === items.length;
}

function labelsBy(
  [key, qualifier]: readonly [string, string?],
  items: readonly unknown[],
): readonly string[] | undefined {
  const labels: string[] = [];
  for (const item of items) {
    const label = scalarAt(item, key);
    if (label === undefined) return undefined;
    const suffix = qualifier === undefined ? undefined : scalarAt(item, qualifier);
    labels.push(suffix === undefined ? label : `${label}/${suffix}`);
  }
  return new Set(labels).size === labels.length ? labels : undefined;
}

function scalarAt(item: unknown, key: string): string | undefined {
  if (!isRecord(item) || !Object.hasOwn(item, key)) return undefined;
  const value = item[key];
  if (typeof value === 'string') return value === '' ? undefined : value;
  return typeof value === 'number' ? String(value) : undefined;
}
