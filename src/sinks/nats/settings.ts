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
    reason: 'A quarter, as in the journal; who must keep records for longer makes the stream',
    overflow: 'The stream drops the record',
    metric: 'none',
  },
  'audit.sinks.createStream.duplicateWindowMs': {
    default: 10 * MINUTE,
    minimum: SECOND,
    maximum: 24 * HOUR,
    unit: 'milliseconds',
    reason:
      'A batch is sent again within minutes; the server holds the ids of the window in memory',
    overflow: 'A record that is sent again later is stored twice, with the same Nats-Msg-Id',
    metric: 'none',
  },
} as const satisfies LimitRows;

const SERVERS_MAX = 16;

// Credentials in the address would be printed with the configuration.
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
    .readonly(),
  tls: targetTlsSchema.prefault({}),
  stream: streamNameSchema.default('HOLDFAST'),
  subject: subjectSchema.default('holdfast.{cluster}.{decision}'),
  token: secretReferenceSchema.optional(),
  user: section({
    username: z.string().min(1).max(256),
    password: secretReferenceSchema,
  }).optional(),
  /** The seed of an nkey. */
  nkeySeed: secretReferenceSchema.optional(),
  /** A credentials file, as `nsc` writes it. */
  credentials: secretReferenceSchema.optional(),
  /** Makes the stream where there is none; absent, somebody else does. */
  createStream: section({
    subjects: z
      .array(z.string().regex(/^[A-Za-z0-9_*-]+(?:\.[A-Za-z0-9_*-]+)*(?:\.>)?$/u))
      .min(1)
      .max(16)
      .readonly()
      .default(['holdfast.>']),
    replicas: z.int().min(1).max(5).default(1),
    maxAgeMs: limit(NATS_LIMITS['audit.sinks.createStream.maxAgeMs']),
    duplicateWindowMs: limit(NATS_LIMITS['audit.sinks.createStream.duplicateWindowMs']),
  }).optional(),
}).refine(
  ({ token, user, nkeySeed, credentials }) =>
    [token, user, nkeySeed, credentials].filter((one) => one !== undefined).length <= 1,
  { error: 'Expected at most one of "token", "user", "nkeySeed" and "credentials"' },
);

export type NatsSinkSettings = TimedSettings<typeof natsSinkSchema>;
