/**
 * What is remembered of incidents, as it lies in the journal's state: schemas, because what was written by an earlier
 * version or published by another replica is an outside format.
 */
import { z } from 'zod';

/** The mildest first. */
export const SEVERITIES = ['info', 'warning', 'error', 'critical'] as const;
export type AlertSeverity = (typeof SEVERITIES)[number];

/** What people are told of one attempt; every text is bounded. */
export const attemptSchema = z.strictObject({
  decisionId: z.string(),
  /** RFC 3339. */
  time: z.string(),
  decision: z.enum(['denied', 'warned', 'audited', 'unavailable', 'allowed']),
  operation: z.string(),
  /** As in `deployments.apps shop/checkout`. */
  object: z.string(),
  namespace: z.string(),
  app: z.string(),
  repository: z.string(),
  revision: z.string(),
  username: z.string(),
  actor: z.string(),
  proof: z.string(),
  code: z.string(),
  message: z.string(),
  policies: z.array(z.string()).readonly(),
  grant: z.string(),
  replica: z.string(),
});
export type Attempt = z.output<typeof attemptSchema>;

/** When a target was last told of an incident, and what. */
const toldSchema = z.strictObject({
  atMs: z.number(),
  count: z.int(),
  severity: z.enum(SEVERITIES),
});

/** One incident. Times are of this process's clock at the moment of processing: a record's own time may be skewed. */
export const incidentSchema = z.strictObject({
  /** The deduplication key: what every replica makes of the same cause. */
  key: z.string(),
  /** Attempts of one group join its open incident. */
  group: z.string(),
  rule: z.string(),
  class: z.string(),
  severity: z.enum(SEVERITIES),
  openedAtMs: z.number(),
  /** Since when nothing was attempted. */
  quietSinceMs: z.number(),
  /** For grants: when the incident ends, whatever happens. */
  expiresAtMs: z.number().optional(),
  count: z.int(),
  /** How many of them this replica decided; the rest was heard from others. */
  own: z.int(),
  /** The first objects, and whether the GitOps controller has written them since. */
  objects: z.record(z.string(), z.enum(['open', 'healed'])).readonly(),
  /** Attempts on objects that are not listed. */
  unlisted: z.int(),
  first: attemptSchema,
  last: attemptSchema,
  told: z.record(z.string(), toldSchema).readonly(),
  acknowledged: z.boolean(),
  /** Keys under which other replicas have told the same. */
  aliases: z.array(z.string()).readonly(),
});
export type Incident = z.output<typeof incidentSchema>;

/** What a target is told, in no service's words. */
const noticeSchema = z.strictObject({
  severity: z.enum(SEVERITIES),
  class: z.string(),
  rule: z.string(),
  summary: z.string(),
  source: z.string(),
  component: z.string(),
  group: z.string(),
  namespace: z.string(),
  /** RFC 3339, of the last attempt. */
  time: z.string(),
  startedAtMs: z.number(),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.array(z.string())])).readonly(),
  links: z.array(z.strictObject({ text: z.string(), href: z.string() })).readonly(),
});
export type Notice = z.output<typeof noticeSchema>;

/** A message that waits for its target. */
export const messageSchema = z.strictObject({
  /** Sixteen digits that grow: the order of sending. */
  id: z.string(),
  target: z.string(),
  kind: z.enum(['trigger', 'acknowledge', 'resolve', 'change']),
  key: z.string(),
  notice: noticeSchema,
  /** Set on what first tells of a cause: when it was decided, for the measurement. */
  decidedAtMs: z.number().optional(),
  attempts: z.int(),
  /** Not before. */
  dueAtMs: z.number(),
  /** Until then the leader is given the chance to send it. */
  handoverAtMs: z.number(),
});
export type Message = z.output<typeof messageSchema>;

/** How many triggers of the running minute were used. */
export const rateUseSchema = z.strictObject({ sinceMs: z.number(), used: z.int() });
export type RateUse = z.output<typeof rateUseSchema>;
