/**
 * Reads events of the audit log of an API server: a batch of its webhook, or one event of its file.
 * Source: k8s.io/apiserver pkg/apis/audit/v1 types.go.
 */
import { z } from 'zod';
import { formatIssuePath } from '../../base/format-issue-path.ts';
import type { AuditedObject, AuditedUser, AuditEvent } from './audit-event.ts';

export type ParsedAuditEvents =
  | {
      readonly ok: true;
      readonly events: readonly AuditEvent[];
      /** Items that are no events. */
      readonly malformed: number;
    }
  /** Completes a sentence: `it is no EventList`. */
  | { readonly ok: false; readonly reason: string };

const text = z.string().nullish();
const texts = z.array(z.string()).nullish();

const userSchema = z.looseObject({ username: text, uid: text, groups: texts });

const objectSchema = z.looseObject({
  resource: text,
  namespace: text,
  name: text,
  uid: text,
  apiGroup: text,
  apiVersion: text,
  subresource: text,
});

const eventSchema = z.looseObject({
  auditID: z.string().min(1),
  stage: z.string(),
  stageTimestamp: text,
  verb: z.string(),
  requestURI: text,
  user: userSchema,
  impersonatedUser: userSchema.nullish(),
  sourceIPs: texts,
  userAgent: text,
  objectRef: objectSchema.nullish(),
  responseStatus: z.looseObject({ code: z.number().nullish() }).nullish(),
  annotations: z.record(z.string(), z.string()).nullish(),
  requestObject: z.unknown().optional(),
  responseObject: z.unknown().optional(),
});

const listSchema = z.looseObject({
  apiVersion: z.literal('audit.k8s.io/v1'),
  kind: z.literal('EventList'),
  items: z.array(z.unknown()),
});

/** A batch. An item that is no event is counted, and keeps no other from being read. Never throws. */
export function parseAuditEvents(document: unknown, eventsMax: number): ParsedAuditEvents {
  const list = listSchema.safeParse(document);
  if (!list.success) {
    const place = formatIssuePath(list.error.issues);
    return { ok: false, reason: `it is no EventList of audit.k8s.io/v1${place}` };
  }
  const { items } = list.data;
  if (items.length > eventsMax) {
    return {
      ok: false,
      reason: `it has ${items.length} events, and at most ${eventsMax} are read`,
    };
  }
  const events = items.map(parseAuditEvent).filter((event) => event !== undefined);
  return { ok: true, events, malformed: items.length - events.length };
}

/** One event; `undefined` if it is none. Never throws. */
export function parseAuditEvent(value: unknown): AuditEvent | undefined {
  const { data } = eventSchema.safeParse(value);
  if (data === undefined) return undefined;
  return {
    id: data.auditID,
    stage: data.stage,
    time: timeOf(data.stageTimestamp),
    verb: data.verb,
    requestUri: data.requestURI ?? '',
    user: userOf(data.user),
    ...(data.impersonatedUser && { impersonated: userOf(data.impersonatedUser) }),
    addresses: data.sourceIPs ?? [],
    userAgent: data.userAgent ?? '',
    ...(data.objectRef && { object: objectOf(data.objectRef) }),
    httpStatus: data.responseStatus?.code ?? 0,
    annotations: data.annotations ?? {},
    requestObject: data.requestObject,
    responseObject: data.responseObject,
  };
}

function userOf({ username, uid, groups }: z.output<typeof userSchema>): AuditedUser {
  return { username: username ?? '', uid: uid ?? '', groups: groups ?? [] };
}

function objectOf(reference: z.output<typeof objectSchema>): AuditedObject {
  return {
    group: reference.apiGroup ?? '',
    version: reference.apiVersion ?? '',
    resource: reference.resource ?? '',
    subresource: reference.subresource ?? '',
    namespace: reference.namespace ?? '',
    name: reference.name ?? '',
    uid: reference.uid ?? '',
  };
}

/** In the form of a record: `2026-01-05T08:00:00.123456Z` has more digits than others read. */
function timeOf(written: string | null | undefined): string {
  const atMs = Date.parse(written ?? '');
  return Number.isNaN(atMs) ? '' : new Date(atMs).toISOString();
}
