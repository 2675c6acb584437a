import assert from 'node:assert/strict';
import { it } from 'node:test';
import {
  findUntypedPlaces,
  structuralSchema,
  withUnknownFields,
} from '../../../../src/authoring/gatekeeper/structural-schema.ts';

const KEPT = { 'x-kubernetes-preserve-unknown-fields': true };

it('withUnknownFields() keeps what a schema of the old kind does not describe, at every place', () => {
  const schema = structuralSchema.parse({
    properties: { list: { type: 'array' }, text: { type: 'string' } },
    additionalProperties: { type: 'object', items: { description: 'any' } },
  });

  assert.deepEqual(withUnknownFields(schema), {
    ...KEPT,
    properties: { list: { type: 'array', items: KEPT }, text: { type: 'string' } },
    additionalProperties: {
      type: 'object',
      ...KEPT,
      items: { description: 'any', ...KEPT },
    },
  });
  assert.deepEqual(withUnknownFields({ type: '', additionalProperties: true }), {
    type: '',
    additionalProperties: true,
    ...KEPT,
  });
});

it('findUntypedPlaces() names each place without a type', () => {
  const schema = structuralSchema.parse({
    type: 'object',
    properties: {
      a: {},
      b: { type: 'array', items: { type: '' } },
      c: { 'x-kubernetes-int-or-string': true },
      d: { ...KEPT, additionalProperties: {} },
    },
    additionalProperties: false,
  });

  assert.deepEqual(findUntypedPlaces(schema, 'schema'), [
    'schema.properties.a',
    'schema.properties.b.items',
    'schema.properties.d.additionalProperties',
  ]);
});
