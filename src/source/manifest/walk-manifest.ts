/**
 * Compares a manifest with an object, value by value, along the type of the kind. Every doubt is a difference; where the
 * type itself is in doubt, an addition is unknown.
 */
import { isDeepStrictEqual } from 'node:util';
import { formatPath, isRawNumber } from '../../base/format-value.ts';
import type { PathSegment } from '../../base/format-value.ts';
import { isRecord } from '../../base/is-record.ts';
import { isSameScalar, presentValue } from './compare-scalar.ts';
import { matchListItems } from './match-list-items.ts';
import { matchPathPattern } from './parse-path-pattern.ts';
import type { PathPattern } from './parse-path-pattern.ts';
import { comparedKeysOf, memberOf, NOTHING_STORED, own } from './sides.ts';
import type { ListSides, Sides } from './sides.ts';
import { UNCOMPARED_METADATA } from './server-set-fields.ts';
import type {
  FieldRule,
  FieldType,
  Fields,
  ListType,
  MapType,
  RuleContext,
  StructType,
  TypeNode,
} from './type-schema.ts';

export interface WalkOptions {
  readonly valuesMax: number;
  readonly depthMax: number;
  readonly pathsMax: number;
  readonly pathCharsMax: number;
  /** Fields that configured mutating webhooks own. */
  readonly mutated: readonly PathPattern[];
  /** Keys of labels and annotations of the object itself that the tool writes; their values are not compared. */
  readonly toolMarks: ReadonlySet<string>;
  /** An autoscaler sets `spec.replicas`. */
  readonly isScaled: boolean;
  /** The whole object, for the rules of its fields. */
  readonly object: Fields;
}

export interface WalkFindings {
  /** All differences, also those that are not listed. */
  readonly found: number;
  readonly paths: readonly string[];
  /** What a newer Kubernetes or an unknown schema may have filled in or dropped. */
  readonly unknown: readonly string[];
  /** What is not the manifest's, and was so before the request. */
  readonly kept: readonly string[];
}

const OUTSIDE_OBJECTS: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'status']);

/** The state of one comparison: the current place, and what was found. */
export class ManifestWalk {
  readonly #options: WalkOptions;
  readonly #segments: PathSegment[] = [];
  readonly #declared: Fields[] = [];
  readonly #paths: string[] = [];
  readonly #unknown: string[] = [];
  readonly #kept: string[] = [];
  #found = 0;
  /** Comparisons whose findings are only counted. */
  #trials = 0;
  #values: number;

  constructor(options: WalkOptions) {
    this.#options = options;
    this.#values = options.valuesMax;
  }

  get findings(): WalkFindings {
    return { found: this.#found, paths: this.#paths, unknown: this.#unknown, kept: this.#kept };
  }

  compare(sides: Sides, type: TypeNode, rule?: FieldRule): void {
    const { object, stored } = sides;
    if (sides.declared === object && (typeof object !== 'object' || object === null)) return;
    this.#values -= 1;
    // Fails closed: what was not compared counts as different.
    if (this.#values < 0 || this.#segments.length > this.#options.depthMax) return this.#report();
    const declared = presentValue(sides.declared, type);
    const present = presentValue(object, type);
    if (declared === undefined) {
      if (present !== undefined) this.#compareAdded({ declared, object, stored }, type, rule);
    } else if (present === undefined) {
      this.#compareMissing({ declared, object, stored }, type);
    } else {
      this.#comparePresent({ declared, object, stored }, type, rule);
    }
  }

  #comparePresent(sides: Sides, type: TypeNode, rule: FieldRule | undefined): void {
    switch (type.kind) {
      case 'struct':
        return this.#compareStruct(sides, type);
      case 'map':
        return this.#compareMap(sides, type, rule);
      case 'list':
        return this.#compareList(sides, type, rule);
      case 'untyped':
        return this.#compareUntyped(sides);
      case 'exact':
        return isDeepStrictEqual(sides.declared, sides.object) ? undefined : this.#differ(sides);
      case 'scalar':
      case 'quantity':
      case 'bytes':
      case 'time':
        return isSameScalar(sides.declared, sides.object, type.kind)
          ? undefined
          : this.#differ(sides);
    }
  }

  #compareStruct(sides: Sides, type: StructType): void {
    const { declared, object, stored } = sides;
    // A schema of a custom resource may be `true` where others have fields.
    if (!isRecord(declared) || !isRecord(object)) {
      if (!isDeepStrictEqual(declared, object)) this.#differ(sides);
      return;
    }
    this.#declared.push(declared);
    for (const key of comparedKeysOf(declared, object)) {
      if (type.isObject && OUTSIDE_OBJECTS.has(key)) continue;
      if (type.name === 'meta/v1.ObjectMeta' && this.#isUncompared(key)) continue;
      this.#segments.push({ key });
      const members = { declared: own(declared, key), object: own(object, key) };
      this.#compareField({ ...members, stored: memberOf(stored, key) }, type.field(key));
      this.#segments.pop();
    }
    this.#declared.pop();
  }

  #compareField(sides: Sides, field: FieldType | undefined): void {
    if (field === undefined) return this.#compareUnknownField(sides);
    const { type, rule } = field;
    const isAdded =
      presentValue(sides.declared, type) === undefined &&
      presentValue(sides.object, type) !== undefined;
    if (!isAdded || rule === undefined) return this.compare(sides, type, rule);
    if (this.#isScaledReplicas()) return;
    if (rule.isServerSet?.(sides.object, this.#context()) === true) return;
    this.compare({ ...sides, declared: rule.fill?.(this.#context()) }, type, rule);
  }

  /** A field that the table does not have: a typing error that the API server dropped, or a newer Kubernetes. */
  #compareUnknownField(sides: Sides): void {
    const { declared, object } = sides;
    if (object === undefined || object === null) return;
    if (declared === undefined || declared === null) this.#addUnknown(sides);
    else if (!isDeepStrictEqual(declared, object)) this.#differ(sides);
  }

  #compareMap(sides: Sides, { value }: MapType, rule: FieldRule | undefined): void {
    const { declared, object, stored } = sides;
    if (!isRecord(declared) || !isRecord(object)) return this.#differ(sides);
    for (const key of comparedKeysOf(declared, object)) {
      if (this.#isToolMark(key)) continue;
      const members = { declared: own(declared, key), object: own(object, key) };
      const isAdded = members.declared === undefined;
      const member = { key, value: members.object };
      if (isAdded && rule?.isMemberServerSet?.(member, this.#context()) === true) continue;
      this.#segments.push({ key });
      this.compare({ ...members, stored: memberOf(stored, key) }, value);
      this.#segments.pop();
    }
  }

  #compareList(sides: Sides, type: ListType, rule: FieldRule | undefined): void {
    const { declared, object, stored } = sides;
    if (!Array.isArray(declared) || !Array.isArray(object)) return this.#differ(sides);
    const isServerSet = rule?.isMemberServerSet;
    const kept = isServerSet
      ? object.filter(
          (value) =>
            !isServerSet({ key: '', value }, this.#context()) || this.#isIn(declared, value),
        )
      : object;
    const lists = { declared, object: kept, stored };
    if (type.merge === 'set') return this.#compareSet(lists);
    if (type.merge === 'atomic') return this.#compareAtomic(lists, type, rule);
    this.#compareKeyed(lists, type, type.merge);
  }

  #compareSet({ declared, object, stored }: ListSides): void {
    for (const [index, item] of object.entries()) {
      if (this.#isIn(declared, item)) continue;
      this.#segments.push(this.#labelOfMember(item, index));
      this.#differ({ declared: undefined, object: item, stored: this.#findStored(stored, item) });
      this.#segments.pop();
    }
    for (const [index, item] of declared.entries()) {
      if (this.#isIn(object, item)) continue;
      this.#segments.push(this.#labelOfMember(item, index));
      const missing = { declared: item, object: undefined };
      this.#compareMissing({ ...missing, stored: this.#findStored(stored, item) });
      this.#segments.pop();
    }
  }

  /** Finalizers are names; members of other sets are values, which are not printed. */
  #labelOfMember(member: unknown, index: number): PathSegment {
    const isNamed = this.#segments.length === 2 && this.#path() === 'metadata.finalizers';
    return isNamed && typeof member === 'string' ? { item: member } : { index };
  }

  #findStored(stored: unknown, item: unknown): unknown {
    if (!Array.isArray(stored)) return stored;
    return this.#isIn(stored, item) ? item : undefined;
  }

  /** Counts what it compares: the product of two long lists must not hold the process up. */
  #isIn(list: readonly unknown[], item: unknown): boolean {
    this.#values -= list.length;
    return this.#values >= 0 && list.some((one) => isDeepStrictEqual(one, item));
  }

  #compareAtomic(lists: ListSides, { item }: ListType, rule: FieldRule | undefined): void {
    const { declared, object, stored } = lists;
    const before = this.#save();
    for (let index = 0; index < Math.max(declared.length, object.length); index += 1) {
      this.#segments.push(labelOf(object[index] ?? declared[index], index));
      // Half of one list and half of another is neither: items have no excuse of their own.
      const items = { declared: declared[index], object: object[index], stored: NOTHING_STORED };
      this.compare(items, item);
      this.#segments.pop();
    }
    if (this.#found === before.found && this.#unknown.length === before.unknown) return;
    const isUnchanged = this.#isUnchanged(object, stored);
    const storedItems: readonly unknown[] = Array.isArray(stored) ? stored : [];
    const isMerged =
      Array.isArray(stored) && rule?.isMerged?.({ declared, object, stored: storedItems }) === true;
    if (!isUnchanged && !isMerged) return;
    this.#restore(before);
    if (isUnchanged) this.#keep();
  }

  #compareKeyed(lists: ListSides, { item }: ListType, keys: readonly string[]): void {
    const matched = matchListItems(lists, keys, this.#defaultsOf(item));
    if (matched === undefined) return this.#compareRepeated(lists, item);
    for (const { label, ...sides } of matched.items) {
      this.#segments.push({ item: label });
      this.compare(sides, item);
      this.#segments.pop();
    }
    const last = this.#segments.at(-1);
    const isOrdered = last !== undefined && 'key' in last && ORDERED_LISTS.has(last.key);
    if (isOrdered && !matched.isOrdered) this.#differ({ ...lists, stored: NOTHING_STORED });
  }

  /**
   * A key stands twice (two variables of one name): which one wins depends on how it was applied, so each item must be
   * one of the manifest's or of the stored ones, and none may be missing.
   */
  #compareRepeated({ declared, object, stored }: ListSides, item: TypeNode): void {
    const storedItems: readonly unknown[] = Array.isArray(stored) ? stored : [];
    for (const [index, one] of object.entries()) {
      if (this.#isIn(storedItems, one) || this.#isAnyEqual(declared, one, item)) continue;
      // Fails closed: the product of two long lists is not compared to its end.
      if (this.#values < 0) return this.#report();
      this.#segments.push(labelOf(one, index));
      this.#report();
      this.#segments.pop();
    }
    // A merge by key leaves one item of each name.
    const names = new Set(object.map(labelText));
    for (const [index, one] of declared.entries()) {
      if (names.has(labelText(one))) continue;
      this.#segments.push(labelOf(one, index));
      this.#report();
      this.#segments.pop();
    }
  }

  #isAnyEqual(declared: readonly unknown[], object: unknown, type: TypeNode): boolean {
    return declared.some((one) => this.#values >= 0 && this.#isEqual(one, object, type));
  }

  #isEqual(declared: unknown, object: unknown, type: TypeNode): boolean {
    const before = this.#save();
    this.#trials += 1;
    this.compare({ declared, object, stored: NOTHING_STORED }, type);
    this.#trials -= 1;
    const isEqual = this.#found === before.found && this.#unknown.length === before.unknown;
    this.#restore(before);
    return isEqual;
  }

  #compareUntyped(sides: Sides): void {
    const { declared, object, stored } = sides;
    const type = { kind: 'untyped' } as const;
    if (isRecord(declared) && isRecord(object) && !isRawNumber(object)) {
      for (const key of comparedKeysOf(declared, object)) {
        this.#segments.push({ key });
        const members = { declared: own(declared, key), object: own(object, key) };
        this.compare({ ...members, stored: memberOf(stored, key) }, type);
        this.#segments.pop();
      }
    } else if (Array.isArray(declared) && Array.isArray(object)) {
      const list = { kind: 'list', keepsEmpty: true, item: type, merge: 'atomic' } as const;
      this.#compareAtomic({ declared, object, stored }, list, undefined);
    } else if (!isSameScalar(declared, object, 'scalar')) this.#differ(sides);
  }

  #compareMissing(sides: Sides, type?: TypeNode): void {
    const { declared, stored } = sides;
    // What an empty struct would say is said by its absence too.
    if (type?.kind === 'struct' && this.#isEntered(type)) {
      return this.#compareStruct({ declared, object: {}, stored }, type);
    }
    if (type?.kind === 'map' && !type.keepsEmpty) {
      return this.#compareMap({ declared, object: {}, stored }, type, undefined);
    }
    const wasMissing =
      stored !== NOTHING_STORED &&
      (type === undefined ? stored : presentValue(stored, type)) === undefined;
    if (wasMissing) this.#keep();
    // A field that the schema does not have is dropped by the API server: a typing error in Git is no attack.
    else if (type?.kind === 'untyped') this.#doubt();
    else this.#report();
  }

  #compareAdded(sides: Sides, type: TypeNode, rule: FieldRule | undefined): void {
    const { object, stored } = sides;
    switch (type.kind) {
      case 'map':
        if (isRecord(object) && Object.keys(object).length === 0) return this.#differ(sides);
        return this.#compareMap({ declared: {}, object, stored }, type, rule);
      case 'list':
        if (type.merge === 'atomic' && rule?.isMemberServerSet === undefined) {
          return this.#differ(sides);
        }
        if (Array.isArray(object) && object.length === 0) return this.#differ(sides);
        return this.#compareList({ declared: [], object, stored }, type, rule);
      case 'struct':
        if (this.#isEntered(type) || this.#isChanged(sides) || this.#isAboveMutated()) {
          return this.#compareStruct({ declared: {}, object, stored }, type);
        }
        return this.#differ(sides);
      case 'untyped':
        return this.#addUnknown(sides);
      case 'scalar':
      case 'quantity':
      case 'bytes':
      case 'time':
      case 'exact':
        return this.#differ(sides);
    }
  }

  /** The stored object has it too, with other values. */
  #isChanged({ object, stored }: Sides): boolean {
    return isRecord(stored) && !this.#isUnchanged(object, stored);
  }

  /** An item of a list is added as a whole; a struct that is always there is not added at all. */
  #isEntered({ keepsEmpty }: StructType): boolean {
    const last = this.#segments.at(-1);
    return !keepsEmpty && last !== undefined && 'key' in last;
  }

  #addUnknown({ object, stored }: Sides): void {
    if (this.#isUnchanged(object, stored)) this.#keep();
    else this.#doubt();
  }

  #doubt(): void {
    if (!this.#isMutated() && this.#unknown.length < this.#options.pathsMax) {
      this.#unknown.push(this.#path());
    }
  }

  #differ({ object, stored }: Sides): void {
    if (this.#isUnchanged(object, stored)) this.#keep();
    else this.#report();
  }

  #isUnchanged(object: unknown, stored: unknown): boolean {
    return stored !== NOTHING_STORED && isDeepStrictEqual(object, stored);
  }

  #report(): void {
    if (this.#isMutated()) return;
    this.#found += 1;
    const isListed = this.#trials === 0 && this.#paths.length < this.#options.pathsMax;
    if (isListed) this.#paths.push(this.#path());
  }

  #keep(): void {
    if (this.#kept.length < this.#options.pathsMax) this.#kept.push(this.#path());
  }

  #path(): string {
    return formatPath(this.#segments, this.#options.pathCharsMax);
  }

  #isMutated(): boolean {
    const { mutated } = this.#options;
    return mutated.some((pattern) => matchPathPattern(pattern, this.#segments) === 'covers');
  }

  #isAboveMutated(): boolean {
    const { mutated } = this.#options;
    return mutated.some((pattern) => matchPathPattern(pattern, this.#segments) === 'above');
  }

  /** The object was found by its namespace, which the manifest need not name. */
  #isUncompared(key: string): boolean {
    return UNCOMPARED_METADATA.has(key) || (key === 'namespace' && this.#segments.length === 1);
  }

  #isToolMark(key: string): boolean {
    const [first, second, ...others] = this.#segments;
    if (others.length > 0 || first === undefined || second === undefined) return false;
    const isMetadata = 'key' in first && first.key === 'metadata';
    const isMarked = 'key' in second && (second.key === 'labels' || second.key === 'annotations');
    return isMetadata && isMarked && this.#options.toolMarks.has(key);
  }

  #isScaledReplicas(): boolean {
    return (
      this.#options.isScaled && this.#segments.length === 2 && this.#path() === 'spec.replicas'
    );
  }

  #context(): RuleContext {
    const keys = this.#segments.flatMap((segment) => ('key' in segment ? [segment.key] : []));
    return { declared: this.#declared, object: this.#options.object, keys };
  }

  /** The value of a key field that an item leaves out: the protocol of a port. */
  #defaultsOf(item: TypeNode): (item: unknown, key: string) => unknown {
    return (value, key) => {
      const given = memberOf(value, key);
      if (given !== undefined && given !== null && given !== '') return given;
      return item.kind === 'struct' ? item.field(key)?.rule?.fill?.(this.#context()) : undefined;
    };
  }

  #save(): Saved {
    return {
      found: this.#found,
      paths: this.#paths.length,
      unknown: this.#unknown.length,
      kept: this.#kept.length,
    };
  }

  #restore({ found, paths, unknown, kept }: Saved): void {
    this.#found = found;
    this.#paths.length = paths;
    this.#unknown.length = unknown;
    this.#kept.length = kept;
  }
}

interface Saved {
  readonly found: number;
  readonly paths: number;
  readonly unknown: number;
  readonly kept: number;
}

/** Lists whose order has an effect: containers that run one after the other, variables that refer to earlier ones. */
const ORDERED_LISTS: ReadonlySet<string> = new Set(['env', 'initContainers']);

function labelText(item: unknown): string | undefined {
  const name = isRecord(item) ? item['name'] : undefined;
  return typeof name === 'string' && name !== '' ? name : undefined;
}

function labelOf(item: unknown, index: number): PathSegment {
  const text = labelText(item);
  return text === undefined ? { index } : { item: text };
}
