/** The settings section `intake`: what other programs have seen, and how they tell. */
import { z } from 'zod';
import { fixedLimit, limit, MIB, MINUTE, KIB, type LimitRows } from '../../settings/limit.ts';
import { secretReferenceSchema } from '../../settings/secret-reference.ts';
import { FALCO_PRIORITIES } from './falco-priorities.ts';
import { AUDIT_FILE_FORMATS } from './audit-file-formats.ts';
import {
  hostSchema,
  pathSchema,
  portSchema,
  section,
  usernameSchema,
} from '../../settings/value-schemas.ts';

/** Rows of the table of limits. */
export const INTAKE_LIMITS = {
  'intake.bodyBytesMax': {
    default: 16 * MIB,
    minimum: 64 * KIB,
    maximum: 32 * MIB,
    unit: 'bytes',
    reason:
      'The API server cuts its batches to 10 MiB with --audit-webhook-truncate-enabled; an event with two whole objects has up to 6 MiB',
    overflow: 'Answered 413 with intake_too_large',
    metric: 'holdfast_intake_requests_total',
  },
  'intake.heldBodyBytesMax': fixedLimit(32 * MIB, {
    unit: 'bytes',
    reason:
      'Bodies that are received or wait, in a container that admission needs; who is not authenticated sends none',
    overflow: 'The largest unfinished body is refused with intake_overloaded',
    metric: 'holdfast_intake_requests_total',
  }),
  'intake.connectionsMax': fixedLimit(64, {
    unit: 'items',
    reason: 'A few API servers and tools keep a connection each',
    overflow: 'As for limits.connectionsMax',
    metric: 'holdfast_http_connections_dropped_total',
  }),
  'intake.eventsMax': fixedLimit(10_000, {
    unit: 'items',
    reason: 'An API server sends at most 400 at once by default',
    overflow: 'The batch is refused with intake_unreadable',
    metric: 'holdfast_intake_requests_total',
  }),
  'intake.depthMax': fixedLimit(200, {
    unit: 'levels',
    reason: 'Events carry objects of the API server, which are less deep',
    overflow: 'The body is refused with intake_unreadable',
    metric: 'holdfast_intake_requests_total',
  }),
  'intake.waitingRequestsMax': fixedLimit(16, {
    unit: 'items',
    reason: 'One is read at a time; senders repeat what is refused',
    overflow: 'Answered 429 with intake_overloaded',
    metric: 'holdfast_intake_waiting',
  }),
  'intake.requestsPerSecondMax': {
    default: 50,
    minimum: 1,
    maximum: 10_000,
    unit: 'items',
    reason: 'Each of three API servers sends at most 10 batches a second by default',
    overflow: 'Answered 429 with intake_overloaded',
    metric: 'holdfast_intake_requests_total',
  },
  'intake.recordsPerMinuteMax': {
    default: 600,
    minimum: 1,
    maximum: 100_000,
    unit: 'items',
    reason: 'What others report must not push decisions out of the journal',
    overflow: 'Answered 429 with intake_overloaded; the sender repeats what is not recorded yet',
    metric: 'holdfast_intake_requests_total',
  },
  'intake.repeatedMs': fixedLimit(MINUTE, {
    unit: 'milliseconds',
    reason: 'Long enough that a loop makes few records, and short enough for a person who waits',
    overflow: 'One more record says how many events of one cause there were',
    metric: 'holdfast_intake_events_total',
  }),
  'intake.causesMax': fixedLimit(10_000, {
    unit: 'items',
    reason: 'Causes of the last minute; each takes a kilobyte',
    overflow: 'Further ones are recorded one by one',
    metric: 'holdfast_intake_records_total',
  }),
  'intake.lineBytesMax': fixedLimit(4 * MIB, {
    unit: 'bytes',
    reason:
      'Of the file of an audit log: an event with two whole objects has up to 3 MiB of plain text',
    overflow: 'The line is left out, and counted as malformed',
    metric: 'holdfast_intake_events_total',
  }),
  'intake.fileChunkBytes': fixedLimit(MIB, {
    unit: 'bytes',
    reason: 'Read of the file at once; what is recorded of it is kept in its position',
    overflow: 'The rest is read next',
  }),
  'intake.audit.file.pollMs': {
    default: 500,
    minimum: 50,
    maximum: MINUTE,
    unit: 'milliseconds',
    reason: 'Seen within a second; asking for the size of a file costs next to nothing',
    overflow: 'The file is looked at again',
    metric: 'none',
  },
  'intake.seenEventsMax': fixedLimit(50_000, {
    unit: 'items',
    reason: 'Batches are sent again within minutes; an id takes some 100 bytes',
    overflow: 'The oldest is forgotten, and recorded again if it is sent again',
    metric: 'holdfast_intake_events_total',
  }),
} as const satisfies LimitRows;

const USERS_MAX = 200;

/** Each is a section of its own; its path is `/` and its name. */
const INTAKE_SOURCES = ['audit', 'falco', 'argocd', 'terraform'] as const;

const AUTHENTICATION = {
  token: secretReferenceSchema
    .optional()
    .describe('The bearer token that the sender shows. The file is read again when it changes.'),
  commonNames: z
    .array(z.string().min(1).max(253))
    .min(1)
    .max(100)
    .readonly()
    .optional()
    .describe('The common names of client certificates of `intake.clientCaFile` that count, too.'),
};

const auditFileSchema = section({
  path: pathSchema.describe('The file, which another program appends to; it may be rotated.'),
  format: z
    .enum(AUDIT_FILE_FORMATS)
    .default('kubernetes')
    .describe(
      'What a line is: an event, as the API server writes its audit log; an entry or a batch of CloudWatch Logs (EKS); a LogEntry of Cloud Logging (GKE).',
    ),
  pollMs: limit(INTAKE_LIMITS['intake.audit.file.pollMs']),
});

const auditSchema = section({
  ...AUTHENTICATION,
  file: auditFileSchema
    .optional()
    .describe(
      'A file with the audit log, where the API server does not send it. How far it was read is kept beside the journal.',
    ),
  expectedUsers: z
    .array(usernameSchema)
    .max(USERS_MAX)
    .readonly()
    .default([])
    .describe(
      'Exact usernames whose tokens, roles, changes of admission and requests in other names are routine. A write that Holdfast was not asked about is recorded all the same.',
    ),
});

const falcoSchema = section({
  ...AUTHENTICATION,
  minimumPriority: z
    .enum(FALCO_PRIORITIES)
    .default('Notice')
    .describe('Milder events are not recorded. From `Error` on it is an attack.'),
  managedOnly: z
    .boolean()
    .default(true)
    .describe('Whether only events in pods are recorded that belong to what Git declares.'),
});

const reportSchema = section(AUTHENTICATION);

/** What other programs have seen. */
export const intakeSchema = section({
  host: hostSchema.default('127.0.0.1').describe('The address to listen on.'),
  port: portSchema
    .default(8444)
    .describe(
      'The port, over HTTPS with the certificate of the webhook. It is not the one of the webhook, so that whoever reports takes nothing from admission.',
    ),
  clientCaFile: pathSchema
    .optional()
    .describe('The authority of client certificates, for senders that show one.'),
  audit: auditSchema
    .optional()
    .describe(
      'The audit webhook of the API server: `POST /audit`, an EventList of audit.k8s.io/v1. Absent: none is taken.',
    ),
  falco: falcoSchema
    .optional()
    .describe(
      'Falco: `POST /falco`, what its `http_output` sends with `json_output`. Absent: none is taken.',
    ),
  argocd: reportSchema
    .optional()
    .describe(
      'The notifications of Argo CD: `POST /argocd`, by the template of docs/intake.md. Absent: none is taken.',
    ),
  terraform: reportSchema
    .optional()
    .describe(
      'Pipelines: `POST /terraform?workspace=NAME`, what `terraform show -json` prints of a plan. Absent: none is taken.',
    ),
  bodyBytesMax: limit(INTAKE_LIMITS['intake.bodyBytesMax']),
  requestsPerSecondMax: limit(INTAKE_LIMITS['intake.requestsPerSecondMax']),
  recordsPerMinuteMax: limit(INTAKE_LIMITS['intake.recordsPerMinuteMax']),
}).superRefine((settings, context) => {
  const complain = (message: string, path: readonly string[]): void => {
    context.addIssue({ code: 'custom', message, path: [...path] });
  };
  const sources = INTAKE_SOURCES.filter((name) => settings[name] !== undefined);
  if (sources.length === 0) {
    complain('Expected a source beside it, such as "audit": without one nothing is taken', []);
  }
  for (const name of sources) {
    const { token, commonNames } = settings[name] ?? {};
    const hasFile = name === 'audit' && settings.audit?.file !== undefined;
    if (token === undefined && commonNames === undefined && !hasFile) {
      const others =
        name === 'audit' ? '"token", "commonNames" or "file"' : '"token" or "commonNames"';
      complain(`Expected ${others}: anybody could report what never happened`, [name]);
    }
    if (commonNames !== undefined && settings.clientCaFile === undefined) {
      complain('Expected intake.clientCaFile beside it: it says which certificates count', [
        name,
        'commonNames',
      ]);
    }
  }
});

export type IntakeSettings = z.output<typeof intakeSchema>;
export type AuditIntakeSettings = NonNullable<IntakeSettings['audit']>;
