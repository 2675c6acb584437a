/** Settings of sinks of the type `webhook`. */
import { z } from 'zod';
import { sinkSection, type TimedSettings } from '../../delivery/settings.ts';
import { secretReferenceSchema } from '../../settings/secret-reference.ts';
import { httpTargetSchema, targetTlsSchema } from '../../settings/target-schemas.ts';

/** CloudEvents 1.0 over HTTP. */
export const webhookSinkSchema = sinkSection('webhook', {
  url: httpTargetSchema.describe('The address that receives the events.'),
  mode: z
    .enum(['structured', 'batch'])
    .default('batch')
    .describe('One event in each request, or a batch of events.'),
  bearerToken: secretReferenceSchema.optional().describe('Sent in the header Authorization.'),
  signingKey: secretReferenceSchema
    .optional()
    .describe('The key of the signature in the header Holdfast-Signature.'),
  tls: targetTlsSchema.prefault({}).describe('How the connection is secured.'),
  handshakeOrigin: z
    .string()
    .regex(/^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/u, 'Expected a DNS name')
    .optional()
    .describe(
      'Ask the target once, before the first delivery, whether it accepts events of this origin.',
    ),
});

export type WebhookSinkSettings = TimedSettings<typeof webhookSinkSchema>;
