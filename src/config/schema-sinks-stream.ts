/** Sinks that keep a connection open: the bus of a fleet, and syslog. */
import { z } from 'zod';
import { sinkSection, sinkTlsSchema } from './schema-sink-common.ts';
import { secretReferenceSchema } from './secret-reference.ts';
import { hostSchema, limit, portSchema, section } from './schema-values.ts';

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
  tls: sinkTlsSchema.prefault({}),
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
    maxAgeMs: limit('audit.sinks.createStream.maxAgeMs'),
    duplicateWindowMs: limit('audit.sinks.createStream.duplicateWindowMs'),
  }).optional(),
}).refine(
  ({ token, user, nkeySeed, credentials }) =>
    [token, user, nkeySeed, credentials].filter((one) => one !== undefined).length <= 1,
  { error: 'Expected at most one of "token", "user", "nkeySeed" and "credentials"' },
);

/** A receiver of syslog over TLS (RFC 5425). */
export const syslogSinkSchema = sinkSection('syslog', {
  host: hostSchema,
  /** RFC 5425 section 4.1 */
  port: portSchema.min(1).default(6514),
  tls: sinkTlsSchema.prefault({}),
  facility: z
    .enum([
      'user',
      'daemon',
      'auth',
      'authpriv',
      'audit',
      'local0',
      'local1',
      'local2',
      'local3',
      'local4',
      'local5',
      'local6',
      'local7',
    ])
    .default('audit'),
  structuredDataId: z
    .string()
    .regex(
      /^[A-Za-z0-9_.-]{1,20}@\d{1,11}$/u,
      'Expected NAME@NUMBER with a private enterprise number, as in "holdfast@32473"',
    )
    .default('holdfast@32473'),
  messageBytesMax: limit('audit.sinks.messageBytesMax'),
  /** What counts as delivered, where nothing is ever answered. */
  confirm: z.enum(['close', 'write']).default('close'),
});
