import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  findSchemaProblems,
  findUnknownFields,
} from '../../../../src/authoring/gatekeeper/find-schema-problems.ts';
import type { Schema } from '../../../../src/authoring/gatekeeper/structural-schema.ts';

describe('findSchemaProblems()', () => {
  const rows: readonly (readonly [Schema, unknown, readonly string[]])[] = [
    [{ type: 'string' }, 1, ['p: must be of type string']],
    [{ type: 'string' }, null, ['p: is null, and must be of type string']],
    [{ type: 'string', nullable: true }, null, []],
    [{}, null, []],
    [{ type: '' }, null, []],
    [{ type: '' }, 1, []],
    [{ type: 'boolean' }, true, []],
    [{ type: 'integer' }, 1.5, ['p: must be of type integer']],
    [{ type: 'array' }, {}, ['p: must be of type array']],
    [{ type: 'object' }, [], ['p: must be of type object']],
    [{ 'x-kubernetes-int-or-string': true }, 'http', []],
    [{ 'x-kubernetes-int-or-string': true }, 1.5, ['p: must be an integer or a text']],
    [{ enum: ['a', { b: 1 }] }, { b: 1 }, []],
    [{ enum: ['a'] }, 'b', ['p: must be one of ["a"]']],
    [{ minLength: 2 }, '😀', ['p: must have at least 2 characters']],
    [{ maxLength: 1 }, 'ab', ['p: must have at most 1 characters']],
    [{ pattern: '^a' }, 'ba', ['p: must match "^a"']],
    [{ pattern: 'a' }, 'ba', []],
    [{ minimum: 1 }, 0, ['p: must be at least 1']],
    [{ maximum: 1 }, 2, ['p: must be at most 1']],
    [{ minimum: 1, exclusiveMinimum: true }, 1, ['p: must be more than 1']],
    [{ maximum: 1, exclusiveMaximum: true }, 1, ['p: must be less than 1']],
    [{ multipleOf: 2 }, 3, ['p: must be a multiple of 2']],
    [{ multipleOf: 2 }, 4, []],
    [{ minItems: 1 }, [], ['p: must have at least 1 items']],
    [{ maxItems: 1 }, [1, 2], ['p: must have at most 1 items']],
    [{ uniqueItems: true }, [{ a: 1 }, { a: 1 }], ['p: must not repeat an item']],
    [{ items: { type: 'string' } }, ['a', 1], ['p[1]: must be of type string']],
    [{ required: ['a'] }, {}, ['p.a: is required']],
    [{ minProperties: 1 }, {}, ['p: must have at least 1 fields']],
    [{ maxProperties: 0 }, { a: 1 }, ['p: must have at most 0 fields']],
    [
      { properties: { a: { type: 'string' } }, additionalProperties: { type: 'integer' } },
      { a: 1, b: 'x', c: 2 },
      ['p.a: must be of type string', 'p.b: must be of type integer'],
    ],
    [{ additionalProperties: true }, { a: 1 }, []],
    [
      { allOf: [{ type: 'string' }, { maxLength: 1 }] },
      'ab',
      ['p: must have at most 1 characters'],
    ],
    [{ anyOf: [{ type: 'string' }, { type: 'integer' }] }, true, ['p: fits no schema of anyOf']],
    [{ anyOf: [{ type: 'string' }] }, 'a', []],
    [{ oneOf: [{}, { type: 'string' }] }, 'a', ['p: must fit exactly one schema of oneOf']],
    [{ oneOf: [{ type: 'string' }] }, 'a', []],
    [{ not: { type: 'string' } }, 'a', ['p: must not fit the schema of not']],
    [{ not: { type: 'string' } }, 1, []],
  ];
  for (const [schema, value, problems] of rows) {
    it(`finds ${JSON.stringify(problems)} in ${JSON.stringify(value)} by ${JSON.stringify(schema)}`, () => {
      assert.deepEqual(findSchemaProblems(schema, value, 'p'), problems);
    });
  }
});

it('findUnknownFields() names what the schema neither describes nor keeps', () => {
  const schema: Schema = {
    properties: {
      known: { type: 'object', properties: {} },
      list: { items: { properties: { a: {} } } },
      free: { 'x-kubernetes-preserve-unknown-fields': true },
      port: { 'x-kubernetes-int-or-string': true },
      map: { additionalProperties: { properties: {} } },
      any: { additionalProperties: true },
      bare: {},
    },
  };
  const value = {
    known: { other: 1 },
    list: [{ a: 1 }, { b: 1 }],
    free: { any: 1 },
    port: { no: 1 },
    map: { key: { deep: 1 } },
    any: { thing: 1 },
    bare: [{ nothing: 1 }],
    top: 1,
  };

  assert.deepEqual(findUnknownFields(schema, value, 'p'), [
    'p.known.other',
    'p.list[1].b',
    'p.map.key.deep',
    'p.top',
  ]);
});
