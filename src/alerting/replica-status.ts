/**
 * The status that a replica publishes: its open incidents, and the keys that it has sent. Input may come from another
 * version, or be forged by anyone who can write our leases.
 */
import { parseJsonAs } from '../base/parse-json-as.ts';
import { z } from 'zod';
import { attemptSchema, type Incident } from './incident.ts';

export interface StatusContent {
  readonly incidents: readonly Incident[];
  /** Keys that a target has accepted. */
  readonly told: readonly string[];
  /** Groups that ended, with their counts. */
  readonly ended: ReadonlyMap<string, number>;
  readonly bytesMax: number;
}

/** The newest sent keys; the remaining bytes are for the incidents. */
const TOLD_MAX = 150;

/**
 * As JSON, with as many incidents as fit, the latest first. One that does not fit is sent by its own replica, because
 * no other replica lists it as sent.
 */
export function formatReplicaStatus({ incidents, told, ended, bytesMax }: StatusContent): string {
  const kept = told.slice(-TOLD_MAX);
  const head = `{"version":1,"told":${JSON.stringify(kept)},"ended":${JSON.stringify([...ended])}`;
  const latest = incidents
    // Summaries belong to each replica's own rate limit.
    .filter(({ objects }) => !Object.keys(objects).some((object) => object.startsWith('target/')))
    .toSorted((a, b) => b.quietSinceMs - a.quietSinceMs);
  const reports: string[] = [];
  let bytes = Buffer.byteLength(head) + 64;
  for (const incident of latest) {
    const report = JSON.stringify(reportOf(incident));
    bytes += Buffer.byteLength(report) + 1;
    if (bytes > bytesMax) break;
    reports.push(report);
  }
  return `${head},"reports":[${reports.join(',')}]}`;
}

function reportOf({ key, group, rule, own, objects, unlisted, last, expiresAtMs }: Incident) {
  return { key, group, rule, own, objects, unlisted, last, expiresAtMs };
}

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

const statusSchema = z.object({
  version: z.literal(1),
  told: z.array(z.string().max(64)).max(1000).readonly(),
  ended: z
    .array(z.tuple([z.string().max(64), z.int()]))
    .max(1000)
    .readonly(),
  reports: z.array(reportSchema).max(1000).readonly(),
});

export type Report = z.output<typeof reportSchema>;
export type ReadStatus = z.output<typeof statusSchema>;

/** `undefined` if it cannot be parsed: that replica then notifies of its incidents itself. */
export function parseReplicaStatus(text: string): ReadStatus | undefined {
  return parseJsonAs(statusSchema, text);
}
