import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findParameterFaults, schemaOfDefault } from '../../../src/policy/find-parameter-faults.ts';
import type { ParameterSchema } from '../../../src/policy/parameter-schema.ts';

const texts: ParameterSchema = { type: 'array', items: { type: 'string', minLength: 1 } };
const rule: ParameterSchema = {
  type: 'object',
  properties: { name: { type: 'string' }, weight: { type: 'integer', minimum: 1, maximum: 9 } },
  required: ['name'],
  additionalProperties: false,
};

type Expected = readonly (readonly [readonly (string | number)[], string, string?])[];

const TABLE: readonly (readonly [string, ParameterSchema, unknown, Expected])[] = [
  ['nothing where there is no type', {}, 'anything', []],
  ['nothing in what is right', texts, ['a', 'b'], []],
  ['nothing in an object that is right', rule, { name: 'a', weight: 3 }, []],
  ['a text that is a number', { type: 'string' }, 5, [[[], 'Expected a text, found a number']]],
  [
    'a number that is nothing',
    { type: 'number' },
    null,
    [[[], 'Expected a number, found nothing']],
  ],
  ['nothing in a fraction', { type: 'number' }, 0.5, []],
  [
    'a fraction where a whole number is wanted',
    { type: 'integer' },
    1.5,
    [[[], 'Expected a whole number, found the number 1.5']],
  ],
  [
    'a section where a list is wanted',
    texts,
    { a: 1 },
    [[[], 'Expected a list, found a section with keys']],
  ],
  [
    'a list where a section is wanted',
    rule,
    [],
    [[[], 'Expected a section with keys, found a list']],
  ],
  [
    'a text where true or false is wanted',
    { type: 'boolean' },
    'true',
    [[[], 'Expected true or false, found a text']],
  ],
  [
    'true where a text is wanted',
    { type: 'string' },
    true,
    [[[], 'Expected a text, found true or false']],
  ],
  [
    'a word that is none of the choices',
    { enum: ['commit', 'range', 3] },
    'comit',
    [[[], 'Expected "commit", "range", 3, found "comit"', 'Did you mean "commit"?']],
  ],
  ['nothing in a choice', { enum: ['commit', 3] }, 3, []],
  ['a choice of another type', { enum: ['3'] }, 3, [[[], 'Expected "3", found 3']]],
  [
    'numbers out of bounds',
    { type: 'array', items: { type: 'integer', minimum: 1, maximum: 9 } },
    [0, 5, 10],
    [
      [[0], 'Expected a number of at least 1, found 0'],
      [[2], 'Expected a number of at most 9, found 10'],
    ],
  ],
  [
    'texts that are too short and too long',
    { type: 'array', items: { type: 'string', minLength: 2, maxLength: 3 } },
    ['a', 'ab', 'äöüß'],
    [
      [[0], 'Expected a text with a length of at least 2, found 1'],
      [[2], 'Expected a text with a length of at most 3, found 4'],
    ],
  ],
  [
    'lists that are too short and too long',
    { type: 'array', items: { type: 'array', minItems: 1, maxItems: 2 } },
    [[], [1], [1, 2, 3]],
    [
      [[0], 'Expected a list with a length of at least 1, found 0'],
      [[2], 'Expected a list with a length of at most 2, found 3'],
    ],
  ],
  [
    'what is missing and what is misspelt in an object of a list',
    { type: 'array', items: rule },
    [{ nam: 'a', weight: 0 }],
    [
      [[0], 'Expected the key "name"'],
      [[0, 'nam'], 'Unknown key "nam"', 'Did you mean "name"?'],
      [[0, 'weight'], 'Expected a number of at least 1, found 0'],
    ],
  ],
  ['nothing in further keys', { type: 'object', properties: { a: {} } }, { a: 1, b: 2 }, []],
  [
    'a wrong value behind any key',
    { type: 'object', additionalProperties: { type: 'string' } },
    { constructor: 1, b: 'x' },
    [[['constructor'], 'Expected a text, found a number']],
  ],
];

describe('findParameterFaults()', () => {
  for (const [what, schema, value, expected] of TABLE) {
    it(`finds ${what}`, () => {
      assert.deepEqual(
        findParameterFaults(schema, value).map(({ path, message, remedy }) =>
          remedy === undefined ? [path, message] : [path, message, remedy],
        ),
        expected,
      );
    });
  }
});

describe('schemaOfDefault()', () => {
  for (const [value, schema] of [
    [[], { type: 'array' }],
    [['a'], { type: 'array', items: { type: 'string' } }],
    [['a', 1], { type: 'array' }],
    [{}, { type: 'object' }],
    ['', { type: 'string' }],
    [0.5, { type: 'number' }],
    [false, { type: 'boolean' }],
    [null, {}],
  ] as const) {
    it(`takes ${JSON.stringify(value)} for ${JSON.stringify(schema)}`, () => {
      assert.deepEqual(schemaOfDefault(value), schema);
    });
  }
});
