/**
 * Reads the audit log of a managed cluster as its cloud exports it: one entry a line, in the cloud's own form.
 *
 * - Amazon EKS: CloudWatch Logs, whose `message` is an event of audit.k8s.io/v1 as text. Source: AWS, "Subscription filters" (`logEvents`)
 *   and the API FilterLogEvents (`events`), or one of these entries by itself.
 * - Google GKE: a LogEntry of Cloud Logging, whose `protoPayload` is an AuditLog; the event itself is not exported. Source: Google Cloud,
 *   "LogEntry", "AuditLog" and "GKE audit logging information".
 */
import { z } from 'zod';
import { parseStrictJson } from '../../base/strict-json.ts';
import type { AuditedObject, AuditEvent } from './audit-event.ts';
import { parseAuditEvent } from './parse-audit-events.ts';
import { INTAKE_LIMITS } from './settings.ts';

export interface ParsedCloudAudit {
  readonly events: readonly AuditEvent[];
  /** Entries that are no events. */
  readonly malformed: number;
}

const DEPTH_MAX = INTAKE_LIMITS['intake.depthMax'].default;

const text = z.string().nullish();
const messageSchema = z.looseObject({ message: z.string() });
const batchSchema = z.looseObject({
  logEvents: z.array(z.unknown()).nullish(),
  events: z.array(z.unknown()).nullish(),
});

/** One line of CloudWatch Logs: a batch, or one entry. Never throws. */
export function parseEksEntry(document: unknown): ParsedCloudAudit {
  const batch = batchSchema.safeParse(document).data;
  const entries = batch?.logEvents ?? batch?.events ?? [document];
  const events = entries.map(parseMessage).filter((event) => event !== undefined);
  return { events, malformed: entries.length - events.length };
}

function parseMessage(entry: unknown): AuditEvent | undefined {
  const { data } = messageSchema.safeParse(entry);
  if (data === undefined) return undefined;
  const event = parseStrictJson(Buffer.from(data.message), { depthMax: DEPTH_MAX });
  return event.ok ? parseAuditEvent(event.value) : undefined;
}

const entrySchema = z.looseObject({
  insertId: z.string().min(1),
  timestamp: text,
  labels: z.record(z.string(), z.string()).nullish(),
  operation: z.looseObject({ id: text }).nullish(),
  protoPayload: z.looseObject({
    serviceName: z.literal('k8s.io'),
    methodName: z.string(),
    resourceName: text,
    authenticationInfo: z.looseObject({ principalEmail: text, authoritySelector: text }).nullish(),
    requestMetadata: z.looseObject({ callerIp: text, callerSuppliedUserAgent: text }).nullish(),
    status: z.looseObject({ code: z.number().nullish() }).nullish(),
    request: z.unknown().optional(),
    response: z.unknown().optional(),
  }),
});

type Payload = z.output<typeof entrySchema>['protoPayload'];

/** One LogEntry. Never throws. */
export function parseGkeEntry(document: unknown): ParsedCloudAudit {
  const { data } = entrySchema.safeParse(document);
  if (data === undefined) return { events: [], malformed: 1 };
  const { insertId, timestamp, labels, operation, protoPayload } = data;
  const { methodName, authenticationInfo, requestMetadata, request, response } = protoPayload;
  const other = authenticationInfo?.authoritySelector ?? '';
  const address = requestMetadata?.callerIp ?? '';
  const atMs = Date.parse(timestamp ?? '');
  const event: AuditEvent = {
    id: operation?.id ?? insertId,
    // Entries are written when a request is answered.
    stage: 'ResponseComplete',
    time: Number.isNaN(atMs) ? '' : new Date(atMs).toISOString(),
    verb: methodName.slice(methodName.lastIndexOf('.') + 1),
    requestUri: '',
    user: { username: authenticationInfo?.principalEmail ?? '', uid: '', groups: [] },
    ...(other !== '' && { impersonated: { username: other, uid: '', groups: [] } }),
    addresses: address === '' ? [] : [address],
    userAgent: requestMetadata?.callerSuppliedUserAgent ?? '',
    ...objectOf(protoPayload),
    httpStatus: statusOf(protoPayload),
    annotations: labels ?? {},
    requestObject: request,
    responseObject: response,
  };
  return { events: [event], malformed: 0 };
}

/** A code of google.rpc: absent and 0 are success, and 7 is what RBAC or a webhook has refused. */
function statusOf({ status }: Payload): number {
  const code = status?.code ?? 0;
  if (code === 0) return 200;
  return code === 7 ? 403 : 500;
}

/** `apps/v1/namespaces/shop/deployments/checkout/scale`, `core/v1/nodes/n1`. */
function objectOf({ resourceName }: Payload): { readonly object?: AuditedObject } {
  const [api = '', version = '', ...path] = (resourceName ?? '').split('/');
  const [first, second = ''] = path;
  const isNamespaced = first === 'namespaces' && path.length > 2;
  const namespace = isNamespaced ? second : '';
  const [resource = '', name = '', subresource = ''] = isNamespaced ? path.slice(2) : path;
  if (resource === '') return {};
  const group = api === 'core' ? '' : api;
  return { object: { group, version, resource, subresource, namespace, name, uid: '' } };
}
