/** The same place in three objects: the manifest, the object of a review, and the stored object. */
import { isRecord } from '../../base/is-record.ts';
import type { Fields } from './type-schema.ts';

/** No stored object excuses a value: the request creates it. */
export const NOTHING_STORED: unique symbol = Symbol('nothing stored');

/** The same place in the manifest, in the object of the review, and in the stored object. */
export interface Sides {
  readonly declared: unknown;
  readonly object: unknown;
  readonly stored: unknown;
}

export interface ListSides {
  readonly declared: readonly unknown[];
  readonly object: readonly unknown[];
  readonly stored: unknown;
}

/**
 * The keys of both, each once, but those of one text, number, boolean or null in both: they are the same whatever their type. Of a map
 * of a thousand entries, nearly all.
 */
export function comparedKeysOf(declared: Fields, object: Fields): readonly string[] {
  const keys: string[] = [];
  let shared = 0;
  for (const key of Object.keys(object)) {
    const isShared = Object.hasOwn(declared, key);
    if (isShared) shared += 1;
    if (!isShared || !isSamePrimitive(declared[key], object[key])) keys.push(key);
  }
  const written = Object.keys(declared);
  if (written.length === shared) return keys;
  return keys.concat(written.filter((key) => !Object.hasOwn(object, key)));
}

function isSamePrimitive(one: unknown, other: unknown): boolean {
  return one === other && (typeof one !== 'object' || one === null);
}

/** A member, of own keys only: `__proto__` of an object without that key is found on its prototype. */
export function own(fields: Fields, key: string): unknown {
  return Object.hasOwn(fields, key) ? fields[key] : undefined;
}

/** A member of the stored object, which may excuse nothing. */
export function memberOf(stored: unknown, key: string): unknown {
  if (stored === NOTHING_STORED) return NOTHING_STORED;
  return isRecord(stored) ? own(stored, key) : undefined;
}
