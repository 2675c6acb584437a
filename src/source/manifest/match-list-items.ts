/** Matches the items of lists that the API server merges by key. */
import { isRecord } from '../../base/is-record.ts';

export interface MatchedItem {
  /** `app`, `8080/TCP`. */
  readonly label: string;
  readonly declared: unknown;
  readonly object: unknown;
  readonly stored: unknown;
}

export interface MatchedItems {
  readonly items: readonly MatchedItem[];
  /** The items that both have stand in the order of the manifest, or of the stored list. */
  readonly isOrdered: boolean;
}

export interface KeyedLists {
  readonly declared: readonly unknown[];
  readonly object: readonly unknown[];
  /** A list, or what stands for none. */
  readonly stored: unknown;
}

/** `undefined` if a key is missing or stands twice in the manifest or in the object. */
export function matchListItems(
  { declared, object, stored }: KeyedLists,
  keys: readonly string[],
  readKey: (item: unknown, key: string) => unknown,
): MatchedItems | undefined {
  const declaredItems = labelItems(declared, keys, readKey);
  const objectItems = labelItems(object, keys, readKey);
  if (declaredItems === undefined || objectItems === undefined) return undefined;
  const storedItems = Array.isArray(stored) ? labelItems(stored, keys, readKey) : undefined;
  const storedOf = (label: string): unknown =>
    Array.isArray(stored) ? storedItems?.get(label) : stored;
  const items: MatchedItem[] = [];
  for (const [label, item] of objectItems) {
    items.push({
      label,
      declared: declaredItems.get(label),
      object: item,
      stored: storedOf(label),
    });
  }
  for (const [label, item] of declaredItems) {
    if (objectItems.has(label)) continue;
    items.push({ label, declared: item, object: undefined, stored: storedOf(label) });
  }
  const isOrdered =
    isSameOrder(objectItems, declaredItems) ||
    (storedItems !== undefined && isSameOrder(objectItems, storedItems));
  return { items, isOrdered };
}

function labelItems(
  list: readonly unknown[],
  keys: readonly string[],
  readKey: (item: unknown, key: string) => unknown,
): ReadonlyMap<string, unknown> | undefined {
  const items = new Map<string, unknown>();
  for (const item of list) {
    if (!isRecord(item)) return undefined;
    const label = keys.map((key) => labelOf(readKey(item, key))).join('/');
    if (items.has(label)) return undefined;
    items.set(label, item);
  }
  return items;
}

function labelOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? '');
}

function isSameOrder(
  one: ReadonlyMap<string, unknown>,
  other: ReadonlyMap<string, unknown>,
): boolean {
  const common = [...one.keys()].filter((label) => other.has(label));
  let index = 0;
  for (const label of other.keys()) {
    if (!one.has(label)) continue;
    if (common[index] !== label) return false;
    index += 1;
  }
  return true;
}
