/** Settings of sinks of the type `elasticsearch`. */
import { z } from 'zod';
import { sinkSection, type TimedSettings } from '../../delivery/settings.ts';
import { secretReferenceSchema } from '../../settings/secret-reference.ts';
import { httpTargetSchema } from '../../settings/target-schemas.ts';
import { hasOneCredential, httpShape, ONE_CREDENTIAL } from '../http/settings.ts';

/** The bulk API of Elasticsearch and OpenSearch. */
export const elasticsearchSinkSchema = sinkSection('elasticsearch', {
  /** The base, without `/_bulk`. */
  url: httpTargetSchema,
  ...httpShape,
  /** An index or a data stream. */
  index: z
    .string()
    .regex(
      /^[a-z0-9][a-z0-9._-]{0,199}$/u,
      'Expected the name of an index: lower case letters, digits, ".", "_" and "-"',
    )
    .default('logs-holdfast-default'),
  /** Encoded, as Elasticsearch returns it. */
  apiKey: secretReferenceSchema.optional(),
}).refine(hasOneCredential, ONE_CREDENTIAL);

export type ElasticsearchSinkSettings = TimedSettings<typeof elasticsearchSinkSchema>;
