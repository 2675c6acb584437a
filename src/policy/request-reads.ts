/** Which parts of a request a policy reads. */
import { z } from 'zod';

import { isRecord } from '../base/is-record.ts';

/**
 * `true`: the whole value. An object: the value's type and, if it is an object, these members. What is no object is
 * always read whole.
 */
export type RequestReads = true | { readonly [member: string]: RequestReads };

/** In a manifest. */
export const requestReadsSchema = z.custom<RequestReads>(
  isRequestReads,
  'Wanted true, or members of a request with the same',
);

function isRequestReads(value: unknown): value is RequestReads {
  if (value === true) return true;
  if (!isRecord(value)) return false;
  // JavaScript has a meaning of its own for the key `__proto__`.
  return Object.entries(value).every(([key, of]) => key !== '__proto__' && isRequestReads(of));
}

/** What is read by any of them. Who does not say what it reads is taken to read everything. */
export function mergeReads(all: readonly (RequestReads | undefined)[]): RequestReads {
  let merged: RequestReads = {};
  for (const reads of all) {
    if (reads === undefined) return true;
    merged = mergeTwo(merged, reads);
  }
  return merged;
}

function mergeTwo(one: RequestReads, other: RequestReads): RequestReads {
  if (one === true || other === true) return true;
  const merged = new Map(Object.entries(one));
  for (const [key, reads] of Object.entries(other)) {
    const known = merged.get(key);
    merged.set(key, known === undefined ? reads : mergeTwo(known, reads));
  }
  return Object.fromEntries(merged);
}
