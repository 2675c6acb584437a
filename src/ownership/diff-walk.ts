/** Compares two objects path by path. List items are matched by their labels, and every doubt counts as a change. */
import { isRecord } from '../base/is-record.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import type { ChangedPath, ChangeFact, ChangeHider } from './change.ts';
import { findOwner } from './find-owner.ts';
import type { PathOwner } from './find-owner.ts';
import { formatPath, formatValue, isRawNumber } from '../base/format-value.ts';
import type { PathSegment } from '../base/format-value.ts';
import { labelItems, labelTexts } from './label-items.ts';
import type { ItemLabels } from './label-items.ts';
import type { FieldOwners } from './parse-field-owners.ts';
import { isProtectedKey, LAST_APPLIED } from './protected-keys.ts';
import { isSameValue } from './same-value.ts';
import type { Budget } from './same-value.ts';

/** The limits and output of a comparison. */
export interface DiffLimits {
  readonly pathsMax: number;
  readonly textCharsMax: number;
  readonly nodesMax: number;
  readonly depthMax: number;
  readonly instanceLabelKey: string | undefined;
  readonly fieldNodesMax: number;
  readonly hider: ChangeHider;
}

/** Fields that the API server writes or that are immutable. managedFields are compared separately. */
export const BOOKKEEPING: ReadonlySet<string> = new Set([
  'creationTimestamp',
  'generation',
  'managedFields',
  'resourceVersion',
  'selfLink',
  'uid',
]);

/** For these, absent equals empty, in every metadata. */
const METADATA_MAPS: ReadonlySet<string> = new Set(['annotations', 'labels']);
const METADATA_LISTS: ReadonlySet<string> = new Set(['finalizers', 'ownerReferences']);

/** Members of the object that are compared first and last. */
const OUT_OF_TURN: ReadonlySet<string> = new Set(['metadata', 'status']);

type JsonRecord = Readonly<Record<string, unknown>>;

/** The state of a comparison: the current path, and the changes. */
export class DiffWalk {
  readonly #limits: DiffLimits;
  readonly #isSecret: boolean;
  readonly #budget: Budget;
  readonly #fieldBudget: Budget;
  readonly #readOwners: () => FieldOwners;
  readonly #segments: PathSegment[] = [];
  /** For each segment that is a list item, the item itself, in its stored state if it has one. */
  readonly #items: unknown[] = [];
  readonly #paths: ChangedPath[] = [];
  readonly #protectedKeys: string[] = [];
  #truncated = false;
  #owners: FieldOwners | undefined;

  constructor(limits: DiffLimits, isSecret: boolean, readOwners: () => FieldOwners) {
    this.#limits = limits;
    this.#isSecret = isSecret;
    this.#readOwners = readOwners;
    this.#budget = { nodes: limits.nodesMax };
    this.#fieldBudget = { nodes: limits.fieldNodesMax };
  }

  get fieldLimits() {
    return { budget: this.#fieldBudget, depthMax: this.#limits.depthMax };
  }

  diffObjects(from: KubernetesObject, to: KubernetesObject): void {
    // Metadata first: where there are more changes than can be listed, the protected keys are among the listed. Status
    // last: a thousand changes there must not crowd out the one of another field that somebody hides among them.
    this.#diffMember('metadata', from, to);
    this.#diffRecords(from, to);
    this.#diffMember('status', from, to);
  }

  finish(lostManagers: readonly string[]): ChangeFact {
    if (this.#budget.nodes < 0 || this.#fieldBudget.nodes < 0) this.#truncated = true;
    const protectedKeys = [
      ...this.#protectedKeys,
      ...[...new Set(lostManagers)].map((manager) => this.#formatLost(manager)),
    ];
    return {
      semantic: this.#paths.length > 0 || this.#truncated || protectedKeys.length > 0,
      paths: this.#paths,
      protectedKeys,
      truncated: this.#truncated,
    };
  }

  #formatLost(manager: string): string {
    const segments = [{ key: 'metadata' }, { key: 'managedFields' }, { item: manager }];
    return formatPath(segments, this.#limits.textCharsMax);
  }

  #diffValues(from: unknown, to: unknown): void {
    if (from === to) return;
    this.#budget.nodes -= 1;
    if (this.#budget.nodes < 0 || this.#segments.length > this.#limits.depthMax) {
      this.#truncated = true;
      // What was not compared stands in the list like a change: nobody may take the place for an untouched one.
      this.#report('changed', from, to);
    } else if (Array.isArray(from) && Array.isArray(to)) {
      this.#diffLists(from, to);
    } else if (isContainer(from) && isContainer(to)) {
      this.#diffRecords(from, to);
    } else if (!isSameRawNumber(from, to)) {
      this.#report('changed', from, to);
    }
  }

  #diffRecords(from: JsonRecord, to: JsonRecord): void {
    const isRoot = this.#segments.length === 0;
    const isMetadata = this.#segments.length === 1 && this.#isAt('metadata', 0);
    for (const key of Object.keys(from)) {
      // The common case, without a call: equal values of own keys (no prototype holds a JSON scalar).
      if (from[key] === to[key] && typeof from[key] !== 'object') continue;
      if ((isRoot && OUT_OF_TURN.has(key)) || (isMetadata && BOOKKEEPING.has(key))) continue;
      this.#diffMember(key, from, to);
    }
    for (const key of Object.keys(to)) {
      if (Object.hasOwn(from, key)) continue;
      if ((isRoot && OUT_OF_TURN.has(key)) || (isMetadata && BOOKKEEPING.has(key))) continue;
      this.#diffMember(key, from, to);
    }
  }

  #diffMember(key: string, from: JsonRecord, to: JsonRecord): void {
    // Own keys only: `__proto__` and `constructor` may be missing from one side and found on its prototype.
    const hasFrom = Object.hasOwn(from, key);
    const hasTo = Object.hasOwn(to, key);
    if (!hasFrom && !hasTo) return;
    const empty = this.#emptyOf(key);
    const before = hasFrom ? from[key] : undefined;
    const after = hasTo ? to[key] : undefined;
    this.#enter({ key }, undefined);
    if (empty !== undefined && isEmptyOr(before) && isEmptyOr(after)) {
      this.#diffValues(before ?? empty, after ?? empty);
    } else if (!hasFrom) this.#report('added', undefined, after);
    else if (!hasTo) this.#report('removed', before, undefined);
    else this.#diffValues(before, after);
    this.#leave();
  }

  #enter(segment: PathSegment, item: unknown): void {
    this.#segments.push(segment);
    this.#items.push(item);
  }

  #leave(): void {
    this.#segments.pop();
    this.#items.pop();
  }

  /** The value of an absent or null member, if absent equals empty. */
  #emptyOf(key: string): JsonRecord | readonly unknown[] | undefined {
    const depth = this.#segments.length;
    if (depth === 0 || !this.#isAt('metadata', depth - 1)) return undefined;
    if (METADATA_MAPS.has(key)) return {};
    return depth === 1 && METADATA_LISTS.has(key) ? [] : undefined;
  }

  #diffLists(from: readonly unknown[], to: readonly unknown[]): void {
    const depthLeft = this.#limits.depthMax - this.#segments.length;
    // Most lists are equal: no labels are computed for them.
    if (isSameValue(from, to, { budget: this.#budget, depthLeft })) return;
    const labels = this.#isAt('finalizers', 1) ? labelTexts(from, to) : labelItems(from, to);
    if (labels === undefined) this.#diffByIndex(from, to);
    else this.#diffByLabel(from, to, labels);
  }

  #diffByIndex(from: readonly unknown[], to: readonly unknown[]): void {
    const length = Math.max(from.length, to.length);
    for (let index = 0; index < length && !this.#truncated; index += 1) {
      this.#enter({ index }, index < from.length ? from[index] : to[index]);
      if (index >= from.length) this.#report('added', undefined, to[index]);
      else if (index >= to.length) this.#report('removed', from[index], undefined);
      else this.#diffValues(from[index], to[index]);
      this.#leave();
    }
  }

  #diffByLabel(from: readonly unknown[], to: readonly unknown[], labels: ItemLabels): void {
    const toIndexes = new Map(labels.to.map((label, index) => [label, index]));
    const fromLabels = new Set(labels.from);
    for (const [index, item] of labels.from.entries()) {
      const toIndex = toIndexes.get(item);
      this.#enter({ item }, from[index]);
      if (toIndex === undefined) this.#report('removed', from[index], undefined);
      else this.#diffValues(from[index], to[toIndex]);
      this.#leave();
    }
    for (const [index, item] of labels.to.entries()) {
      if (fromLabels.has(item)) continue;
      this.#enter({ item }, to[index]);
      this.#report('added', undefined, to[index]);
      this.#leave();
    }
    this.#reportOrder(
      labels.from.filter((label) => toIndexes.has(label)),
      labels.to.filter((label) => fromLabels.has(label)),
    );
  }

  /** Order is significant: env entries refer to earlier ones, init containers run in sequence. */
  #reportOrder(from: readonly string[], to: readonly string[]): void {
    if (from.some((label, index) => label !== to[index])) this.#report('changed', from, to);
  }

  #report(kind: ChangedPath['kind'], from: unknown, to: unknown): void {
    const { pathsMax, textCharsMax } = this.#limits;
    if (this.#paths.length >= pathsMax) {
      this.#truncated = true;
      return;
    }
    const path = formatPath(this.#segments, textCharsMax);
    if (this.#isProtected()) this.#protectedKeys.push(path);
    this.#paths.push({
      path,
      segments: this.#segments.map(segmentValue),
      kind,
      ...(kind === 'added' ? {} : { from: this.#format(from) }),
      ...(kind === 'removed' ? {} : { to: this.#format(to) }),
      ...this.#findOwner(kind === 'added'),
    });
  }

  #findOwner(isAdded: boolean): PathOwner {
    this.#owners ??= this.#readOwners();
    const place = { segments: this.#segments, items: this.#items, isAdded };
    const limits = { budget: this.#fieldBudget, textCharsMax: this.#limits.textCharsMax };
    return findOwner(this.#owners, place, limits);
  }

  #format(value: unknown): string {
    // Denials are printed in terminals, logs and pages: they must not contain a Secret's content, nor
    // kubectl's copy of it in an annotation.
    const isSecret =
      this.#isSecret &&
      (this.#isAt('data', 0) || this.#isAt('stringData', 0) || this.#isAt(LAST_APPLIED, 2));
    const { hider, textCharsMax } = this.#limits;
    const isHidden = isSecret || hider.isHidden(this.#segments.map(segmentValue), value);
    return isHidden ? hider.hide(value) : formatValue(value, textCharsMax);
  }

  #isProtected(): boolean {
    if (!this.#isAt('metadata', 0)) return false;
    // The whole metadata was replaced: everything in it was removed.
    const [, member, entry] = this.#segments;
    if (member === undefined || !('key' in member)) return true;
    if (METADATA_LISTS.has(member.key)) return true;
    if (!METADATA_MAPS.has(member.key)) return false;
    if (entry === undefined) return true;
    return 'key' in entry && isProtectedKey(entry.key, this.#limits.instanceLabelKey);
  }

  #isAt(key: string, depth: number): boolean {
    const segment = this.#segments[depth];
    return segment !== undefined && 'key' in segment && segment.key === key;
  }
}

function isContainer(value: unknown): value is JsonRecord {
  return isRecord(value) && !isRawNumber(value);
}

function isSameRawNumber(from: unknown, to: unknown): boolean {
  return isRawNumber(from) && isRawNumber(to) && from.rawJSON === to.rawJSON;
}

/** Whether it is a map, a list or absent. */
function isEmptyOr(value: unknown): boolean {
  return value === undefined || value === null || typeof value === 'object';
}

function segmentValue(segment: PathSegment): string | number {
  if ('key' in segment) return segment.key;
  return 'item' in segment ? segment.item : segment.index;
}
