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
  /** It may be something else: a computed value, or a part of one that is read whole already. */
  readonly isOther: boolean;
}

/** More are not told apart: their number must not grow without end. */
const TEXTS_MAX = 16;
const ARRAYS_MAX = 64;

const NONE: ReadonlySet<never> = new Set();
/** No value, or one that no statement gave. */
export const UNDEFINED: PlanValue = { nodes: NONE, texts: NONE, arrays: NONE, isOther: false };
/** A value that matters to nobody. */
export const OTHER: PlanValue = { ...UNDEFINED, isOther: true };
/** A new array or set. */
export const EMPTY_COLLECTION: PlanValue = { ...UNDEFINED, arrays: new Set(['[]']) };

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
  const isOther = one.isOther || other.isOther;
  const isSame =
    nodes === one.nodes && texts === one.texts && arrays === one.arrays && isOther === one.isOther;
  return isSame ? one : { nodes, texts, arrays, isOther };
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

/** Whether it is a text or a boolean, or nothing. */
export function isConstant({ nodes, arrays, isOther }: PlanValue): boolean {
  return nodes.size === 0 && arrays.size === 0 && !isOther;
}

/** Every place that the value may be is read whole. */
export function readWhole({ nodes }: PlanValue): void {
  for (const node of nodes) node.readWhole();
}

/** The member of a value: where the key is not known, the value is read whole. */
export function memberOf(source: PlanValue, key: PlanValue): PlanValue {
  readWhole(key);
  const isKnown = key.nodes.size === 0 && !key.isOther;
  if (!isKnown) readWhole(source);
  const paths = [...[...key.texts].map((text) => [text]), ...arraysOf(key)];
  const nodes = [...source.nodes].flatMap((node) =>
    paths.map((path) => path.reduce((at, segment) => at.member(segment), node)),
  );
  const isOther = !isKnown || source.isOther || source.texts.size > 0 || source.arrays.size > 0;
  return { ...UNDEFINED, nodes: new Set(nodes), isOther };
}
