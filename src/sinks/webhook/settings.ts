/** Settings of sinks of the type `webhook`. */
import { z } from 'zod';
import { sinkSection, type TimedSettings } from '../../delivery/settings.ts';
import { secretReferenceSchema } from '../../settings/secret-reference.ts';
import { httpTargetSchema, targetTlsSchema } from '../../settings/target-schemas.ts';

/** CloudEvents 1.0 over HTTP. */
export const webhookSinkSchema = sinkSection('webhook', {
  url: httpTargetSchema,
  /** One event in each request, or a batch of them. */
  mode: z.enum(['structured', 'batch']).default('batch'),
  /** Sent in the header Authorization. */
  bearerToken: secretReferenceSchema.optional(),
  /** The key of the signature in the header Holdfast-Signature. */
  signingKey: secretReferenceSchema.optional(),
  tls: targetTlsSchema.prefault({}),
  /** Asks once, before the first delivery, whether the target wants events of this origin. */
  handshakeOrigin: z
    .string()
    .regex(/^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/u, 'Expected a DNS name')
    .optional(),
});

export type WebhookSinkSettings = TimedSettings<typeof webhookSinkSchema>;
