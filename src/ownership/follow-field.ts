/** One step down the field tree of a managedFields entry. */
import { isRecord } from '../base/is-record.ts';
import { parseStrictJson } from '../base/strict-json.ts';
import type { FieldTree } from './parse-field-owners.ts';
import { isSameValue } from './same-value.ts';
import type { Budget } from './same-value.ts';

/** Whether the entry lists an item: no, or unknown. */
export type ListStep = FieldTree | 'absent' | 'unknown';

/** A leaf node owns everything below it: an atomic list or map, or a value. */
export function isLeaf(tree: FieldTree): boolean {
  for (const key in tree) if (key !== '.') return false;
  return true;
}

/** The node of a map's key. */
export function followKey(tree: FieldTree, key: string): FieldTree | undefined {
  const name = `f:${key}`;
  const child = Object.hasOwn(tree, name) ? tree[name] : undefined;
  return isRecord(child) ? child : undefined;
}

/** The node of a list's item: by its key fields (`k:`), by its value (`v:`) or by its index (`i:`). */
export function followItem(
  tree: FieldTree,
  { item, index }: { readonly item: unknown; readonly index: number | undefined },
  budget: Budget,
): ListStep {
  for (const name of Object.keys(tree)) {
    budget.nodes -= 1;
    if (budget.nodes < 0) return 'unknown';
    const element = parseElement(name);
    if (element === undefined) continue;
    // A key that we cannot parse may be this item.
    if (element === 'unreadable') return 'unknown';
    const child = tree[name];
    if (isElement(element, { item, index }, budget)) return isRecord(child) ? child : 'unknown';
  }
  return 'absent';
}

/** Keys and members of sets are scalars or small values. */
const ELEMENT_DEPTH_MAX = 8;

interface Element {
  readonly kind: 'k' | 'v' | 'i';
  readonly value: unknown;
}

const KINDS: ReadonlyMap<string, Element['kind']> = new Map([
  ['k:', 'k'],
  ['v:', 'v'],
  ['i:', 'i'],
]);

function parseElement(name: string): Element | 'unreadable' | undefined {
  const kind = KINDS.get(name.slice(0, 2));
  if (kind === undefined) return undefined;
  const parsed = parseStrictJson(Buffer.from(name.slice(2)), { depthMax: ELEMENT_DEPTH_MAX });
  return parsed.ok ? { kind, value: parsed.value } : 'unreadable';
}

function isElement(
  { kind, value }: Element,
  { item, index }: { readonly item: unknown; readonly index: number | undefined },
  budget: Budget,
): boolean {
  if (kind === 'i') return value === index;
  if (kind === 'v') return isSame(value, item, budget);
  return isRecord(value) && isRecord(item) && hasKeyFields(item, value, budget);
}

/** Key fields with API server defaults: an entry has them, an item as written by its author may not. */
const DEFAULTED_KEYS: ReadonlyMap<string, unknown> = new Map([['protocol', 'TCP']]);

function hasKeyFields(item: FieldTree, keys: FieldTree, budget: Budget): boolean {
  return Object.keys(keys).every((key) =>
    isSame(Object.hasOwn(item, key) ? item[key] : DEFAULTED_KEYS.get(key), keys[key], budget),
  );
}

function isSame(value: unknown, other: unknown, budget: Budget): boolean {
  return isSameValue(value, other, { budget, depthLeft: ELEMENT_DEPTH_MAX });
}
