/** Settings of sinks of the type `nats`. */
import { z } from 'zod';
import { sinkSection, type TimedSettings } from '../../delivery/settings.ts';
import { HOUR, MINUTE, SECOND, limit, type LimitRows } from '../../settings/limit.ts';
import { secretReferenceSchema } from '../../settings/secret-reference.ts';
import { targetTlsSchema } from '../../settings/target-schemas.ts';
import { section } from '../../settings/value-schemas.ts';

/** Rows of the table of limits. */
export const NATS_LIMITS = {
  'audit.sinks.createStream.maxAgeMs': {
    default: 90 * 24 * HOUR,
    minimum: MINUTE,
    maximum: 3650 * 24 * HOUR,
    unit: 'milliseconds',
    reason: 'A quarter, as in the journal; to keep records for longer, create the stream yourself',
    overflow: 'The stream drops the record',
    metric: 'none',
  },
  'audit.sinks.createStream.duplicateWindowMs': {
    default: 10 * MINUTE,
    minimum: SECOND,
    maximum: 24 * HOUR,
    unit: 'milliseconds',
    reason: 'A retry happens within minutes; the server keeps the ids of the window in memory',
    overflow: 'A record that is sent again later is stored twice, with the same Nats-Msg-Id',
    metric: 'none',
  },
} as const satisfies LimitRows;

const SERVERS_MAX = 16;

// Credentials in the URL would be printed with the configuration.
const natsServerSchema = z
  .string()
  .regex(
    /^(?:tls:\/\/(?![0-9.]+(?::|$))[A-Za-z0-9.-]{1,253}|nats:\/\/(?:localhost|127(?:\.\d{1,3}){3}))(?::\d{1,5})?$/u,
    'Expected tls://HOST:PORT with a host name; nats:// is for this machine alone',
  );

const subjectSchema = z
  .string()
  .regex(
    /^(?:[A-Za-z0-9_-]+|\{(?:cluster|replica|decision|namespace|resource)\})(?:\.(?:[A-Za-z0-9_-]+|\{(?:cluster|replica|decision|namespace|resource)\})){0,15}$/u,
    'Expected tokens joined by ".", each of letters, digits, "_" and "-", or one of {cluster}, {replica}, {decision}, {namespace}, {resource}',
  );

const streamNameSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,255}$/u, 'Expected letters, digits, "_" and "-"');

/** NATS JetStream. */
export const natsSinkSchema = sinkSection('nats', {
  servers: z
    .array(natsServerSchema)
    .min(1)
    .max(SERVERS_MAX)
    .refine((servers) => new Set(servers.map((server) => server.slice(0, 4))).size === 1, {
      error: 'Expected servers that all begin with "tls://", or all with "nats://"',
    })
    .readonly()
    .describe('The servers of the NATS cluster, as `tls://HOST:PORT`.'),
  tls: targetTlsSchema.prefault({}).describe('How the connection is secured.'),
  stream: streamNameSchema.default('HOLDFAST').describe('The JetStream stream.'),
  subject: subjectSchema
    .default('holdfast.{cluster}.{decision}')
    .describe(
      'The subject of each message. `{cluster}`, `{replica}`, `{decision}`, `{namespace}` and `{resource}` are filled in.',
    ),
  token: secretReferenceSchema.optional().describe('A token for authentication.'),
  user: section({
    username: z.string().min(1).max(256).describe('The user name.'),
    password: secretReferenceSchema.describe('The password.'),
  })
    .optional()
    .describe('A user and password for authentication.'),
  nkeySeed: secretReferenceSchema.optional().describe('The seed of an nkey.'),
  credentials: secretReferenceSchema.optional().describe('A credentials file, as `nsc` writes it.'),
  createStream: section({
    subjects: z
      .array(z.string().regex(/^[A-Za-z0-9_*-]+(?:\.[A-Za-z0-9_*-]+)*(?:\.>)?$/u))
      .min(1)
      .max(16)
      .readonly()
      .default(['holdfast.>'])
      .describe('The subjects of the stream.'),
    replicas: z.int().min(1).max(5).default(1).describe('How many NATS servers keep each message.'),
    maxAgeMs: limit(NATS_LIMITS['audit.sinks.createStream.maxAgeMs']),
    duplicateWindowMs: limit(NATS_LIMITS['audit.sinks.createStream.duplicateWindowMs']),
  })
    .optional()
    .describe('Create the stream where there is none. Absent: the stream must exist.'),
}).refine(
  ({ token, user, nkeySeed, credentials }) =>
    [token, user, nkeySeed, credentials].filter((one) => one !== undefined).length <= 1,
  { error: 'Expected at most one of "token", "user", "nkeySeed" and "credentials"' },
);

export type NatsSinkSettings = TimedSettings<typeof natsSinkSchema>;
