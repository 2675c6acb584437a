/** The JSON Schema of the configuration file, for editors. Generated from the schema that reads it. */
import { z } from 'zod';
import { configurationSchema } from './schema.ts';

/** Where the repository keeps it. */
export const CONFIGURATION_SCHEMA_FILE = 'deploy/schemas/configuration.schema.json';

/**
 * JSON Schema 2020-12. What a key may hold beside its type and bounds is told by `config check` alone: names that must be
 * known elsewhere in the file, and settings that exclude each other.
 */
export function configurationJsonSchema(): Readonly<Record<string, unknown>> {
  const { $schema, ...schema } = z.toJSONSchema(configurationSchema, { io: 'input' });
  return {
    $schema,
    title: 'Configuration of Holdfast',
    description: 'holdfast config check reports what this schema cannot say.',
    ...schema,
  };
}
