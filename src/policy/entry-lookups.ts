/** Tables among a policy's parameters of which only the entry is read that a fact of the request names: operators by the actor. */
import { z } from 'zod';

import { isRecord } from '../base/is-record.ts';

/** Both are paths: the table's below the parameters, the fact's below the facts (`actor`, `name`). */
export interface EntryLookup {
  readonly table: readonly string[];
  readonly fact: readonly string[];
}

// JavaScript has a meaning of its own for the key `__proto__`.
const path = z
  .array(z.string().refine((key) => key !== '__proto__', 'Wanted a key other than __proto__'))
  .min(1)
  .readonly();

/** In a manifest. */
export const entryLookupsSchema = z.array(z.strictObject({ table: path, fact: path })).readonly();

/** The value at a path; `undefined` where there is none. */
export function readAt(value: unknown, keys: readonly string[]): unknown {
  let found = value;
  for (const key of keys) {
    if (!isRecord(found) || !Object.hasOwn(found, key)) return undefined;
    found = found[key];
  }
  return found;
}

/** `kept`, with the one entry `key` of the table of `whole` beside what it has of that table. */
export function keepEntry(
  kept: unknown,
  whole: unknown,
  { table, key }: { readonly table: readonly string[]; readonly key: string },
): unknown {
  const entry = readAt(whole, [...table, key]);
  return entry === undefined ? kept : insertAt(kept, [...table, key], entry);
}

function insertAt(value: unknown, [key, ...below]: readonly string[], inserted: unknown): unknown {
  if (key === undefined) return inserted;
  const members = isRecord(value) ? value : {};
  return { ...members, [key]: insertAt(members[key], below, inserted) };
}
