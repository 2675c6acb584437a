/** Which parts of a value a policy reads: of a request, or of its parameters. */
import { z } from 'zod';

import { isRecord } from '../base/is-record.ts';

/**
 * `true`: the whole value. An object: the value's type and, if it is an object, these members. What is no object is
 * always read whole.
 */
export type ValueReads = true | { readonly [member: string]: ValueReads };

/** In a manifest. */
export const valueReadsSchema = z.custom<ValueReads>(
  isValueReads,
  'Wanted true, or members with the same',
);

function isValueReads(value: unknown): value is ValueReads {
  if (value === true) return true;
  if (!isRecord(value)) return false;
  // JavaScript has a meaning of its own for the key `__proto__`.
  return Object.entries(value).every(([key, of]) => key !== '__proto__' && isValueReads(of));
}

/** The value with no more members than are read. What is no object is kept whole. */
export function keepRead(value: unknown, reads: ValueReads): unknown {
  if (reads === true || !isRecord(value)) return value;
  const kept = Object.entries(reads).flatMap(([key, of]) =>
    Object.hasOwn(value, key) ? [[key, keepRead(value[key], of)] as const] : [],
  );
  return Object.fromEntries(kept);
}

/** What is read by any of them. Who does not say what it reads is taken to read everything. */
export function mergeReads(all: readonly (ValueReads | undefined)[]): ValueReads {
  let merged: ValueReads = {};
  for (const reads of all) {
    if (reads === undefined) return true;
    merged = mergeTwo(merged, reads);
  }
  return merged;
}

function mergeTwo(one: ValueReads, other: ValueReads): ValueReads {
  if (one === true || other === true) return true;
  const merged = new Map(Object.entries(one));
  for (const [key, reads] of Object.entries(other)) {
    const known = merged.get(key);
    merged.set(key, known === undefined ? reads : mergeTwo(known, reads));
  }
  return Object.fromEntries(merged);
}
