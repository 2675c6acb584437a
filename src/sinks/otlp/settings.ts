/** Settings of sinks of the type `otlp`. */
import { z } from 'zod';
import { sinkSection, type TimedSettings } from '../../delivery/settings.ts';
import { secretReferenceSchema } from '../../settings/secret-reference.ts';
import { httpTargetSchema } from '../../settings/target-schemas.ts';
import { hasOneCredential, httpShape, ONE_CREDENTIAL } from '../http/settings.ts';

// Headers of the protocol cannot be configured.
const RESERVED_HEADER =
  /^(?:authorization|connection|content-.*|expect|host|te|trailer|transfer-encoding|upgrade)$/iu;

/** An OpenTelemetry collector, over OTLP/HTTP. */
export const otlpSinkSchema = sinkSection('otlp', {
  url: httpTargetSchema.describe('The base address, without `/v1/logs`.'),
  ...httpShape,
  secretHeaders: z
    .record(
      z
        .string()
        .regex(/^[A-Za-z0-9-]{1,64}$/u, 'Expected the name of a header')
        .refine((name) => !RESERVED_HEADER.test(name), {
          error: 'Expected a header that is not part of every request',
        }),
      secretReferenceSchema,
    )
    .readonly()
    .default({})
    .describe('Further headers whose values are secrets, as vendors ask for.'),
}).refine(hasOneCredential, ONE_CREDENTIAL);

export type OtlpSinkSettings = TimedSettings<typeof otlpSinkSchema>;
