/** Which parts of a request a policy reads. */
import { z } from 'zod';

/**
 * `true`: the whole value. An object: the value's type and, if it is an object, these members. What is no object is
 * always read whole.
 */
export type RequestReads = true | { readonly [member: string]: RequestReads };

/** In a manifest. */
export const requestReadsSchema: z.ZodType<RequestReads> = z.union([
  z.literal(true),
  z.record(
    // JavaScript has a meaning of its own for the key `__proto__`.
    z.string().refine((key) => key !== '__proto__'),
    z.lazy(() => requestReadsSchema),
  ),
]);

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
