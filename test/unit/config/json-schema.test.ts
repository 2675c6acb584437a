import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { configurationJsonSchema } from '../../../src/config/json-schema.ts';
import { findKnownKeys } from '../../../src/config/find-known-keys.ts';
import { configurationSchema } from '../../../src/config/schema.ts';

const schema = z
  .object({
    $schema: z.literal('https://json-schema.org/draft/2020-12/schema'),
    additionalProperties: z.literal(false),
    properties: z.record(z.string(), z.object({ description: z.string() })),
  })
  .parse(configurationJsonSchema());

describe('configurationJsonSchema()', () => {
  it('describes every section, and refuses unknown ones as the program does', () => {
    assert.deepEqual(Object.keys(schema.properties), findKnownKeys(configurationSchema, []));
  });

  it('asks for no section: an empty file is a configuration', () => {
    assert.equal('required' in configurationJsonSchema(), false);
  });
});
