/** Settings of sinks of the type `syslog`. */
import { z } from 'zod';
import { sinkSection, type OwnSettings } from '../../delivery/settings.ts';
import { KIB, MIB, limit, type LimitRows } from '../../settings/limit.ts';
import { targetTlsSchema } from '../../settings/target-schemas.ts';
import { hostSchema, portSchema } from '../../settings/value-schemas.ts';

/** Rows of the table of limits. */
export const SYSLOG_LIMITS = {
  'audit.sinks.messageBytesMax': {
    default: 8 * KIB,
    minimum: 2 * KIB,
    maximum: MIB,
    unit: 'bytes',
    reason: 'The largest message that rsyslog takes by default; RFC 5424 asks for 2 KiB',
    overflow: 'The record is truncated, and the message says truncated="true"',
    metric: 'none',
  },
} as const satisfies LimitRows;

/** A receiver of syslog over TLS (RFC 5425). */
export const syslogSinkSchema = sinkSection('syslog', {
  host: hostSchema.describe('The name or address of the receiver.'),
  port: portSchema
    .min(1)
    .default(6514)
    .describe('The port of the receiver (RFC 5425 section 4.1).'),
  tls: targetTlsSchema.prefault({}).describe('How the connection is secured.'),
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
    .default('audit')
    .describe('The syslog facility of the messages.'),
  structuredDataId: z
    .string()
    .regex(
      /^[A-Za-z0-9_.-]{1,20}@\d{1,11}$/u,
      'Expected NAME@NUMBER with a private enterprise number, as in "holdfast@32473"',
    )
    .default('holdfast@32473')
    .describe('The name of the structured data element (RFC 5424 section 6.3.2).'),
  messageBytesMax: limit(SYSLOG_LIMITS['audit.sinks.messageBytesMax']),
  confirm: z
    .enum(['close', 'write'])
    .default('close')
    .describe(
      'What counts as delivered, because syslog has no answers: the receiver closes the connection in good order, or the system accepts the data.',
    ),
});

export type SyslogSinkSettings = OwnSettings<typeof syslogSinkSchema>;
