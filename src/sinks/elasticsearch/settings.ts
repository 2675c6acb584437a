/** Settings of sinks of the type `elasticsearch`. */
import { z } from 'zod';
import { sinkSection, type TimedSettings } from '../../delivery/settings.ts';
import { secretReferenceSchema } from '../../settings/secret-reference.ts';
import { httpTargetSchema } from '../../settings/target-schemas.ts';
import { hasOneCredential, httpShape, ONE_CREDENTIAL } from '../http/settings.ts';

/** The bulk API of Elasticsearch and OpenSearch. */
export const elasticsearchSinkSchema = sinkSection('elasticsearch', {
  url: httpTargetSchema.describe('The base address, without `/_bulk`.'),
  ...httpShape,
  index: z
    .string()
    .regex(
      /^[a-z0-9][a-z0-9._-]{0,199}$/u,
      'Expected the name of an index: lower case letters, digits, ".", "_" and "-"',
    )
    .default('logs-holdfast-default')
    .describe('The index or data stream.'),
  apiKey: secretReferenceSchema
    .optional()
    .describe('The encoded API key, as Elasticsearch returns it.'),
}).refine(hasOneCredential, ONE_CREDENTIAL);

export type ElasticsearchSinkSettings = TimedSettings<typeof elasticsearchSinkSchema>;
