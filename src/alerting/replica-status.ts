/**
 * The status that a replica publishes: its open incidents, and the keys that it has sent. Input may come from another
 * version, or be forged by anyone who can write our leases.
 */
import { parseJsonAs } from '../base/parse-json-as.ts';
import { z } from 'zod';
import { attemptSchema, type Incident } from './incident.ts';
import type { Contributions } from './seen-reports.ts';

/** An incident that has ended, with what was counted in it. */
export interface EndedIncident {
  readonly group: string;
  readonly counted: Contributions;
}

export interface StatusContent {
  readonly incidents: readonly Incident[];
  /** Keys that a target has accepted. */
  readonly told: readonly string[];
  /** What has ended here, the newest last. */
  readonly ends: readonly EndedIncident[];
  readonly bytesMax: number;
}

/** The newest sent keys and ends; the remaining bytes are for the incidents. */
const TOLD_MAX = 150;
const ENDS_BYTES_MAX = 6 * 1024;

/**
 * As JSON, with as many incidents as fit, the latest first. One that does not fit is sent by its own replica, because
 * no other replica lists it as sent.
 */
export function formatReplicaStatus({ incidents, told, ends, bytesMax }: StatusContent): string {
  const kept = told.slice(-TOLD_MAX);
  // The versions that read "ended" took the end of one incident for that of the next one.
  const head = `{"version":1,"told":${JSON.stringify(kept)},"ended":[],"ends":${formatEnds(ends)}`;
  const latest = incidents
    // Summaries belong to each replica's own rate limit.
    .filter(({ objects }) => !Object.keys(objects).some((object) => object.startsWith('target/')))
    .toSorted((a, b) => b.quietSinceMs - a.quietSinceMs);
  let omitted = latest.length;
  const reports: string[] = [];
  let bytes = Buffer.byteLength(head) + 64;
  for (const incident of latest) {
    const report = JSON.stringify(reportOf(incident));
    bytes += Buffer.byteLength(report) + 1;
    if (bytes > bytesMax) break;
    reports.push(report);
    omitted -= 1;
  }
  return `${head},"omitted":${omitted},"reports":[${reports.join(',')}]}`;
}

/** The newest that have room. */
function formatEnds(ends: readonly EndedIncident[]): string {
  const kept: string[] = [];
  let bytes = 0;
  for (const { group, counted } of ends.toReversed()) {
    const end = JSON.stringify({ group, counted });
    bytes += Buffer.byteLength(end) + 1;
    if (bytes > ENDS_BYTES_MAX) break;
    kept.push(end);
  }
  return `[${kept.join(',')}]`;
}

function reportOf(incident: Incident) {
  const { key, group, rule, own, objects, unlisted, first, last, expiresAtMs } = incident;
  return { key, group, rule, own, objects, unlisted, first: first.decisionId, last, expiresAtMs };
}

const FIRST = z.string().max(253).optional();

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
  /** The decision of its first attempt, which tells it from an earlier incident of the group. */
  first: FIRST,
  last: attemptSchema,
  expiresAtMs: z.number().optional(),
});

const endSchema = z.object({
  group: z.string().max(64),
  /** By replica, what was counted when it ended. */
  counted: z
    .record(z.string().max(253), z.object({ own: z.int().min(0), first: FIRST }))
    .refine((counted) => Object.keys(counted).length <= 100)
    .readonly(),
});

const statusSchema = z.object({
  version: z.literal(1),
  told: z.array(z.string().max(64)).max(1000).readonly(),
  ends: z.array(endSchema).max(1000).readonly().default([]),
  /** Open incidents that had no room. */
  omitted: z.int().min(0).default(0),
  reports: z.array(reportSchema).max(1000).readonly(),
});

export type Report = z.output<typeof reportSchema>;
export type ReadStatus = z.output<typeof statusSchema>;

/** `undefined` if it cannot be parsed: that replica then notifies of its incidents itself. */
export function parseReplicaStatus(text: string): ReadStatus | undefined {
  return parseJsonAs(statusSchema, text);
}
