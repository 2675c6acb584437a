import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { listParameterKeywords, parameterSchema } from '../../../src/policy/parameter-schema.ts';

describe('parameterSchema', () => {
  it('takes every keyword, at every depth', () => {
    const schema = {
      type: 'object',
      description: 'Rules by name',
      properties: {
        limit: { type: 'integer', minimum: 0, maximum: 9 },
        of: { enum: ['commit', 5, true] },
        names: { type: 'array', items: { type: 'string', minLength: 1, maxLength: 9 } },
        pairs: { type: 'array', minItems: 1, maxItems: 2 },
      },
      required: ['limit'],
      additionalProperties: { type: 'boolean' },
    };

    assert.deepEqual(parameterSchema.parse(schema), schema);
  });

  for (const [what, schema] of [
    ['a misspelt keyword', { items: { properties: { a: { minimun: 1 } } } }],
    ['a keyword that it does not know', { pattern: '.*' }],
    ['a type that JSON does not have', { type: 'text' }],
    ['a choice among nothing', { enum: [] }],
    ['a negative length', { minLength: -1 }],
    ['a schema that is none', true],
  ] as const) {
    it(`refuses ${what}`, () => {
      assert.equal(parameterSchema.safeParse(schema).success, false);
    });
  }
});

it('listParameterKeywords() names each keyword', () => {
  assert.deepEqual(listParameterKeywords().toSorted(), [
    'additionalProperties',
    'description',
    'enum',
    'items',
    'maxItems',
    'maxLength',
    'maximum',
    'minItems',
    'minLength',
    'minimum',
    'properties',
    'required',
    'type',
  ]);
});
