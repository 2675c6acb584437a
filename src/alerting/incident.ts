/** Schemas of the stored incidents: state from an earlier version or another replica is external input. */
import { z } from 'zod';

/** The mildest first. */
export const SEVERITIES = ['info', 'warning', 'error', 'critical'] as const;
export type AlertSeverity = (typeof SEVERITIES)[number];

/** The details of one attempt for people; every text is bounded. */
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
  /** The id of the verified commit, of several sources each; empty where any of them was not verified. */
  commit: z.string().default(''),
  /** Who signed them, as in `alice@example.com (ssh)`. */
  signers: z.string().default(''),
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

/** When a target was last notified of an incident, and of what. */
const toldSchema = z.strictObject({
  atMs: z.number(),
  count: z.int(),
  severity: z.enum(SEVERITIES),
});

/** One incident. Times are of this process's clock at the moment of processing: a record's own time may be skewed. */
export const incidentSchema = z.strictObject({
  /** The deduplication key, which every replica computes for the same cause. */
  key: z.string(),
  /** Attempts of one group join its open incident. */
  group: z.string(),
  rule: z.string(),
  class: z.string(),
  severity: z.enum(SEVERITIES),
  openedAtMs: z.number(),
  /** The time of the last attempt. */
  quietSinceMs: z.number(),
  /** For grants: when the incident ends in any case. */
  expiresAtMs: z.number().optional(),
  count: z.int(),
  /** How many of them this replica decided; the rest was reported by others. */
  own: z.int(),
  /** The first objects, and whether the GitOps controller wrote them since. */
  objects: z.record(z.string(), z.enum(['open', 'healed'])).readonly(),
  /** Attempts on objects that are not listed. */
  unlisted: z.int(),
  first: attemptSchema,
  last: attemptSchema,
  told: z.record(z.string(), toldSchema).readonly(),
  acknowledged: z.boolean(),
  /** Keys under which other replicas have sent the same incident. */
  aliases: z.array(z.string()).readonly(),
});
export type Incident = z.output<typeof incidentSchema>;

/** A notification, independent of the service. */
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

/** A queued message. */
export const messageSchema = z.strictObject({
  /** Sixteen ascending digits: the order of sending. */
  id: z.string(),
  target: z.string(),
  kind: z.enum(['trigger', 'acknowledge', 'resolve', 'change']),
  key: z.string(),
  notice: noticeSchema,
  /** Set on the first message of a cause: the time of the decision, for the latency metric. */
  decidedAtMs: z.number().optional(),
  attempts: z.int(),
  /** Not before. */
  dueAtMs: z.number(),
  /** The time until which the leader may send it. */
  handoverAtMs: z.number(),
});
export type Message = z.output<typeof messageSchema>;

/** How many triggers of the current minute were used. */
export const rateUseSchema = z.strictObject({ sinceMs: z.number(), used: z.int() });
export type RateUse = z.output<typeof rateUseSchema>;
