/** Settings of sinks of the type `otlp`. */
import { sinkSection, type TimedSettings } from '../../delivery/settings.ts';
import { httpTargetSchema, secretHeadersSchema } from '../../settings/target-schemas.ts';
import { hasOneCredential, httpShape, ONE_CREDENTIAL } from '../http/settings.ts';

// Headers of the protocol cannot be configured.
const RESERVED_HEADER =
  /^(?:authorization|connection|content-.*|expect|host|te|trailer|transfer-encoding|upgrade)$/iu;

/** An OpenTelemetry collector, over OTLP/HTTP. */
export const otlpSinkSchema = sinkSection('otlp', {
  url: httpTargetSchema.describe('The base address, without `/v1/logs`.'),
  ...httpShape,
  secretHeaders: secretHeadersSchema(RESERVED_HEADER).describe(
    'Further headers whose values are secrets, as vendors ask for.',
  ),
}).refine(hasOneCredential, ONE_CREDENTIAL);

export type OtlpSinkSettings = TimedSettings<typeof otlpSinkSchema>;
