/**
 * Finds GitOps managers that lost fields in managedFields although the values did not change.
 *
 * The API server removes a field from its managers only if somebody writes another value. So a manager that loses an
 * unchanged field lost it by an edit of managedFields, after which the next write would not look like drift.
 */
import { isRecord } from '../base/is-record.ts';
import type { KubernetesObject, ManagedFieldsEntry } from '../kubernetes/object.ts';
import { followItem, isLeaf } from './follow-field.ts';
import type { FieldTree } from './parse-field-owners.ts';
import { isSameValue } from './same-value.ts';
import type { Budget } from './same-value.ts';

export interface TakenLimits {
  readonly budget: Budget;
  readonly depthMax: number;
}

/** Each name once. Above the limits, a manager counts as one that lost fields: the strict answer. */
export function findTakenManagers(
  states: { readonly from: KubernetesObject; readonly to: KubernetesObject },
  gitopsManagers: ReadonlySet<string>,
  limits: TakenLimits,
): readonly string[] {
  const after = entriesOf(states.to);
  const stored = entriesOf(states.from);
  const taken = new Set<string>();
  for (const entry of stored) {
    const { manager, fieldsV1 } = entry;
    if (typeof manager !== 'string' || !gitopsManagers.has(manager)) continue;
    const kept = after.find((other) => isSameEntry(entry, other));
    if (kept === undefined) {
      // A removed entry is checked elsewhere: the API server merges some entries itself.
      if (isRelabelled(entry, { stored, after })) taken.add(manager);
      continue;
    }
    const before = isRecord(fieldsV1) ? fieldsV1 : {};
    const now = isRecord(kept.fieldsV1) ? kept.fieldsV1 : {};
    if (hasLost(before, now, { ...limits, depthLeft: limits.depthMax })) {
      const walk = new TakenWalk(limits);
      if (walk.isTaken({ before, now, from: states.from, to: states.to }, 0)) taken.add(manager);
    }
  }
  return [...taken];
}

function isSameEntry(entry: ManagedFieldsEntry, other: ManagedFieldsEntry): boolean {
  return (
    other.manager === entry.manager &&
    other.operation === entry.operation &&
    other.subresource === entry.subresource &&
    other.apiVersion === entry.apiVersion
  );
}

interface Entries {
  readonly stored: readonly ManagedFieldsEntry[];
  readonly after: readonly ManagedFieldsEntry[];
}

/**
 * With another API version in the entry, its paths cannot be compared; the API server never replaces one
 * version by another.
 */
function isRelabelled(entry: ManagedFieldsEntry, { stored, after }: Entries): boolean {
  return after.some(
    (other) =>
      isSameEntry({ ...entry, apiVersion: other.apiVersion }, other) &&
      !stored.some((known) => isSameEntry(known, other)),
  );
}

/** Whether any node was removed, without comparing values: almost never. */
function hasLost(
  before: FieldTree,
  now: FieldTree,
  limits: { readonly budget: Budget; readonly depthLeft: number },
): boolean {
  if (limits.depthLeft <= 0) return true;
  const inner = { budget: limits.budget, depthLeft: limits.depthLeft - 1 };
  for (const key in before) {
    if (key === '.') continue;
    limits.budget.nodes -= 1;
    if (limits.budget.nodes < 0) return true;
    const child = before[key];
    const kept = now[key];
    if (!isRecord(kept)) return true;
    if (isRecord(child) && hasLost(child, kept, inner)) return true;
  }
  return false;
}

/** A position in both trees and in both objects. `now` is undefined below a removed node. */
interface Place {
  readonly before: FieldTree;
  readonly now: FieldTree | undefined;
  readonly from: unknown;
  readonly to: unknown;
}

class TakenWalk {
  readonly #limits: TakenLimits;

  constructor(limits: TakenLimits) {
    this.#limits = limits;
  }

  isTaken({ before, now, from, to }: Place, depth: number): boolean {
    const { budget, depthMax } = this.#limits;
    if (depth > depthMax) return true;
    // The type became atomic: they still own the whole value.
    if (now !== undefined && depth > 0 && isLeaf(now)) return false;
    return Object.keys(before).some((key) => {
      if (key === '.') return false;
      budget.nodes -= 1;
      if (budget.nodes < 0) return true;
      const child = before[key];
      const kept = now?.[key];
      const place = {
        before: isRecord(child) ? child : {},
        now: isRecord(kept) ? kept : undefined,
        from: this.#valueAt(from, key),
        to: this.#valueAt(to, key),
      };
      // Removed by this request, which is reported as a change, or pruned earlier.
      if (place.from === undefined || place.to === undefined) return false;
      if (place.now === undefined && isLeaf(place.before)) return this.#isSame(place);
      return this.isTaken(place, depth + 1);
    });
  }

  #isSame({ from, to }: Place): boolean {
    const { budget, depthMax } = this.#limits;
    return isSameValue(from, to, { budget, depthLeft: depthMax });
  }

  /** The value that an element of the tree names, or undefined. */
  #valueAt(value: unknown, element: string): unknown {
    if (element.startsWith('f:')) {
      const key = element.slice(2);
      return isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
    }
    if (!Array.isArray(value)) return undefined;
    const { budget } = this.#limits;
    const only = { [element]: {} };
    return value.find(
      (item: unknown, index) => followItem(only, { item, index }, budget) !== 'absent',
    );
  }
}

function entriesOf(object: KubernetesObject): readonly ManagedFieldsEntry[] {
  const entries: unknown = object.metadata?.managedFields;
  return Array.isArray(entries) ? entries.filter(isRecord) : [];
}
