/** Sinks that need nothing but this machine, and the one that any HTTP service can be. */
import { z } from 'zod';
import { secretReferenceSchema } from './secret-reference.ts';
import { httpTargetSchema, sinkSection, sinkTlsSchema } from './schema-sink-common.ts';
import { limit, pathSchema, section } from './schema-values.ts';

/** JSON lines on standard output. */
export const stdoutSinkSchema = sinkSection('stdout', {});

/** JSON lines in a file that is rotated. */
export const fileSinkSchema = sinkSection('file', {
  file: pathSchema,
  rotation: section({
    bytesMax: limit('audit.sinks.rotation.bytesMax'),
    filesMax: limit('audit.sinks.rotation.filesMax'),
  }).prefault({}),
});

/** CloudEvents 1.0 over HTTP. */
export const webhookSinkSchema = sinkSection('webhook', {
  url: httpTargetSchema,
  /** One event in each request, or a batch of them. */
  mode: z.enum(['structured', 'batch']).default('batch'),
  /** Sent in the header Authorization. */
  bearerToken: secretReferenceSchema.optional(),
  /** The key of the signature in the header Holdfast-Signature. */
  signingKey: secretReferenceSchema.optional(),
  tls: sinkTlsSchema.prefault({}),
  /** Asks once, before the first delivery, whether the target wants events of this origin. */
  handshakeOrigin: z
    .string()
    .regex(/^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/u, 'Expected a DNS name')
    .optional(),
});

/** Kubernetes Events, written to the cluster that Holdfast runs in. */
export const kubernetesEventsSinkSchema = sinkSection('kubernetesEvents', {
  eventIntervalMs: limit('audit.sinks.eventIntervalMs'),
});
