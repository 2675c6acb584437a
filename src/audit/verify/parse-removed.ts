/** The ledger of retention: one JSON line for each segment that was removed, with the signed head of its end. */
import { parseJsonAs } from '../../base/parse-json-as.ts';
import { z } from 'zod';

const removedSchema = z.object({
  firstSequence: z.int().min(1),
  lastSequence: z.int().min(1),
  lastHash: z.string().regex(/^[0-9a-f]{64}$/u),
  // A signed head has about a kilobyte.
  head: z.string().max(64 * 1024),
});

/** What retention says of one segment that it removed. */
export type RemovedSegment = Readonly<z.output<typeof removedSchema>>;

/** `undefined` where the line says no such thing. */
export function parseRemoved(line: string): RemovedSegment | undefined {
  return parseJsonAs(removedSchema, line);
}
