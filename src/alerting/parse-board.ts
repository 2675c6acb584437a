/** The board of another replica. It may run another version, or have been written by whoever may write our leases. */
import { parseJsonAs } from '../base/parse-json-as.ts';
import { z } from 'zod';
import { attemptSchema } from './incident.ts';

const reportSchema = z.object({
  key: z.string().length(64),
  group: z.string().length(64),
  rule: z.string().max(63),
  own: z.int().min(0),
  objects: z
    .record(z.string().max(1024), z.enum(['open', 'healed']))
    .refine((objects) => Object.keys(objects).length <= 20)
    .readonly(),
  unlisted: z.int().min(0),
  last: attemptSchema,
  expiresAtMs: z.number().optional(),
});

const boardSchema = z.object({
  version: z.literal(1),
  told: z.array(z.string().max(64)).max(1000).readonly(),
  ended: z
    .array(z.tuple([z.string().max(64), z.int()]))
    .max(1000)
    .readonly(),
  reports: z.array(reportSchema).max(1000).readonly(),
});

export type Report = z.output<typeof reportSchema>;
export type ReadBoard = z.output<typeof boardSchema>;

/** `undefined` where it cannot be read: its replica then tells its incidents itself. */
export function parseBoard(text: string): ReadBoard | undefined {
  return parseJsonAs(boardSchema, text);
}
