/** Parses one line of what can be replayed: a record, an entry of a journal around one, or an AdmissionReview. */
import { z } from 'zod';
import { isRecord } from '../../base/is-record.ts';
import { parseJsonAs } from '../../base/parse-json-as.ts';

const recordSchema = z
  .object({
    decisionId: z.string(),
    route: z.enum(['validate', 'mutate']).default('validate'),
    operation: z.string(),
    user: z.object({ username: z.string() }),
    object: z.object({
      group: z.string(),
      resource: z.string(),
      subresource: z.string(),
      namespace: z.string(),
      name: z.string(),
    }),
    managedBy: z.object({ app: z.string() }).optional(),
    allowed: z.boolean(),
    code: z.string(),
    policies: z.array(
      z.object({ policy: z.string(), status: z.string(), codes: z.array(z.string()).default([]) }),
    ),
    grant: z.looseObject({}).optional(),
    finding: z.boolean().optional(),
    folded: z.looseObject({}).optional(),
    cut: z.array(z.string()).default([]),
    input: z
      .object({
        request: z.record(z.string(), z.unknown()),
        facts: z.record(z.string(), z.unknown()),
      })
      .optional(),
  })
  .readonly();

/** What a replay reads of a record. */
export type ReplayedRecord = z.output<typeof recordSchema>;

export type ReplayLine =
  { readonly kind: 'record'; readonly record: ReplayedRecord } | { readonly kind: 'review' };

/** A record by its JSON; `undefined` where it is none. */
export function parseReplayRecord(json: string): ReplayedRecord | undefined {
  return parseJsonAs(recordSchema, json);
}

/** `undefined` where the line is neither. */
export function parseReplayLine(line: string): ReplayLine | undefined {
  const value = parseJsonAs(z.unknown(), line);
  if (!isRecord(value)) return undefined;
  if (value['kind'] === 'AdmissionReview') return { kind: 'review' };
  const record = recordSchema.safeParse(value['record'] ?? value);
  return record.success ? { kind: 'record', record: record.data } : undefined;
}
