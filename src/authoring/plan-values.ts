/** What a local variable of a plan may hold, as far as it matters for what is read of the input. */
import { z } from 'zod';

import type { ReadNode } from './read-node.ts';

export interface PlanValue {
  /** It may be one of these places of the input. */
  readonly nodes: ReadonlySet<ReadNode>;
  /** It may be one of these constants. A boolean is like a text here: as a key it leads nowhere. */
  readonly texts: ReadonlySet<string>;
  /** It may be an array or a set of such texts; each as JSON. */
  readonly arrays: ReadonlySet<string>;
  /** It may be an object with any of these members, and with no others unless it may be something else, too. */
  readonly members: ReadonlyMap<string, PlanValue> | undefined;
  /** It may be something else: a computed value, or a part of one that is read whole already. */
  readonly isOther: boolean;
}

/** More are not told apart: their number must not grow without end. */
const TEXTS_MAX = 16;
const ARRAYS_MAX = 64;
const MEMBERS_MAX = 16;
const MEMBERS_DEPTH_MAX = 4;

const NONE: ReadonlySet<never> = new Set();
/** No value, or one that no statement gave. */
export const UNDEFINED: PlanValue = {
  nodes: NONE,
  texts: NONE,
  arrays: NONE,
  members: undefined,
  isOther: false,
};
/** A value that matters to nobody. */
export const OTHER: PlanValue = { ...UNDEFINED, isOther: true };
/** A new array or set. */
export const EMPTY_COLLECTION: PlanValue = { ...UNDEFINED, arrays: new Set(['[]']) };
/** A new object. */
export const EMPTY_OBJECT: PlanValue = { ...UNDEFINED, members: new Map() };

const textsSchema = z.array(z.string());

/** One of these texts. */
export function textValue(texts: Iterable<string>): PlanValue {
  return { ...UNDEFINED, texts: new Set(texts) };
}

/** One or the other. The first object itself where the second adds nothing. */
export function joinValues(one: PlanValue, other: PlanValue): PlanValue {
  const nodes = union(one.nodes, other.nodes);
  const texts = union(one.texts, other.texts);
  const arrays = union(one.arrays, other.arrays);
  const members = joinMembers(one.members, other.members);
  const isOther = one.isOther || other.isOther;
  const isSame =
    nodes === one.nodes &&
    texts === one.texts &&
    arrays === one.arrays &&
    members === one.members &&
    isOther === one.isOther;
  return isSame ? one : { nodes, texts, arrays, members, isOther };
}

function joinMembers(one: PlanValue['members'], other: PlanValue['members']): PlanValue['members'] {
  if (one === undefined || other === undefined) return one ?? other;
  let joined: Map<string, PlanValue> | undefined;
  for (const [key, value] of other) {
    const known = one.get(key);
    const either = joinValues(known ?? UNDEFINED, value);
    if (known !== undefined && either === known) continue;
    joined ??= new Map(one);
    joined.set(key, either);
  }
  return joined ?? one;
}

function union<Item>(one: ReadonlySet<Item>, other: ReadonlySet<Item>): ReadonlySet<Item> {
  for (const item of other) if (!one.has(item)) return new Set([...one, ...other]);
  return one;
}

/** The arrays that it may be. */
export function arraysOf({ arrays }: PlanValue): readonly (readonly string[])[] {
  return [...arrays].map((json) => textsSchema.parse(JSON.parse(json)));
}

/** Each of the arrays with each of the texts at its end. */
export function appendValue(array: PlanValue, item: PlanValue): PlanValue {
  return extend(array, item, (texts, text) => [...texts, text]);
}

/** Each of the sets with each of the texts. */
export function insertValue(set: PlanValue, item: PlanValue): PlanValue {
  return extend(set, item, (texts, text) => [...new Set([...texts, text])].toSorted());
}

function extend(
  collection: PlanValue,
  item: PlanValue,
  add: (texts: readonly string[], text: string) => readonly string[],
): PlanValue {
  const isKnown = collection.arrays.size > 0 && !collection.isOther && item.texts.size > 0;
  if (!isKnown || !isConstant(item)) return OTHER;
  const extended = arraysOf(collection).flatMap((texts) =>
    [...item.texts].map((text) => add(texts, text)),
  );
  const isTooMuch =
    extended.length > ARRAYS_MAX || extended.some(({ length }) => length > TEXTS_MAX);
  if (isTooMuch) return OTHER;
  return { ...UNDEFINED, arrays: new Set(extended.map((texts) => JSON.stringify(texts))) };
}

/** The object with one more member. What is not kept apart is read whole. */
export function insertMember(object: PlanValue, key: PlanValue, value: PlanValue): PlanValue {
  readWhole(key);
  const members = isConstant(key)
    ? joinMembers(object.members, new Map([...key.texts].map((text) => [text, value])))
    : undefined;
  const isKnown = object.members !== undefined && members !== undefined;
  if (isKnown && members.size <= MEMBERS_MAX && depthOf(value) < MEMBERS_DEPTH_MAX) {
    return { ...object, members };
  }
  readWhole(value);
  return joinValues(object, OTHER);
}

function depthOf({ members }: PlanValue): number {
  if (members === undefined) return 0;
  return 1 + Math.max(0, ...[...members.values()].map(depthOf));
}

/** Whether it is a text or a boolean, or nothing. */
export function isConstant({ nodes, arrays, members, isOther }: PlanValue): boolean {
  return nodes.size === 0 && arrays.size === 0 && members === undefined && !isOther;
}

/** The one place of the input that the value is; `undefined` where it may be another, or something else. */
export function onlyPlaceOf({
  nodes,
  texts,
  arrays,
  members,
  isOther,
}: PlanValue): ReadNode | undefined {
  const [place] = nodes;
  const isNothingElse = texts.size === 0 && arrays.size === 0 && members === undefined && !isOther;
  return nodes.size === 1 && isNothingElse ? place : undefined;
}

/** Every place that the value, or a part of it, may be is read whole. */
export function readWhole({ nodes, members }: PlanValue): void {
  for (const node of nodes) node.readWhole();
  for (const member of members?.values() ?? []) readWhole(member);
}

/** The member of a value: where the key is not known, the value is read whole. */
export function memberOf(source: PlanValue, key: PlanValue): PlanValue {
  readWhole(key);
  const isKnown = key.nodes.size === 0 && key.members === undefined && !key.isOther;
  if (!isKnown) readWhole(source);
  const paths = [...[...key.texts].map((text) => [text]), ...arraysOf(key)];
  const found = paths.map((path) => path.reduce(stepInto, source));
  return found.reduce(joinValues, isKnown ? UNDEFINED : OTHER);
}

function stepInto(source: PlanValue, key: string): PlanValue {
  const { nodes, texts, arrays, members, isOther } = source;
  const found: PlanValue = {
    ...UNDEFINED,
    nodes: new Set([...nodes].map((node) => node.member(key))),
    isOther: isOther || texts.size > 0 || arrays.size > 0,
  };
  return joinValues(found, members?.get(key) ?? UNDEFINED);
}

/**
 * The entry of a table among the parameters, by a key that is a fact: of the table no other one is read. Only for what takes
 * a text as a key: `object.get` would take an array as a path.
 */
export function entryOf(source: PlanValue, key: PlanValue): PlanValue {
  const fact = onlyPlaceOf(key);
  const isTable =
    source.members === undefined &&
    [...source.nodes].every(({ document }) => document === 'parameters');
  if (fact?.document !== 'facts' || !isTable) return memberOf(source, key);
  for (const table of source.nodes) table.readEntry(fact);
  return OTHER;
}
