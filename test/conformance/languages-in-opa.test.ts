/** Functions on JSON Schema and GraphQL against those of the real OPA. */
import assert from 'node:assert/strict';
import { it } from 'node:test';

import { askBoth, type OracleCall } from '../support/opa-oracle/ask-opa.ts';

const text = (value: string): string => JSON.stringify(value);

async function assertSame(
  t: Parameters<typeof askBoth>[0],
  calls: readonly OracleCall[],
): Promise<void> {
  const answers = await askBoth(t, calls);
  const different = answers.filter(({ host, opa }) => inOrder(host) !== inOrder(opa));
  assert.deepEqual(different, []);
}

/** OPA tells the errors of a schema in no order: Go goes through the properties of an object as they come. */
function inOrder(answer: string): string {
  const [begin = '', ...errors] = answer.split(/(?=\{"desc":)/u);
  const bare = errors.map((error) => error.replace(/[,\]]+$/u, ''));
  return [begin, ...bare.toSorted()].join();
}

it('schemas find what they find in OPA', async (t) => {
  const match = (schema: string, ...documents: readonly string[]): readonly OracleCall[] =>
    documents.map((document) => ['json.match_schema', `[${document}, ${schema}]`]);
  const verify = (...schemas: readonly string[]): readonly OracleCall[] =>
    schemas.map((schema) => ['json.verify_schema', `[${schema}]`]);
  const inArray = (schema: string): string => `{"items": ${schema}}`;
  const formats = [
    'date',
    'time',
    'date-time',
    'hostname',
    'email',
    'ipv4',
    'ipv6',
    'uri',
    'uri-reference',
    'uri-template',
    'uuid',
    'regex',
    'json-pointer',
    'relative-json-pointer',
    'other',
  ];
  const samples = JSON.stringify([
    '2024-02-29',
    '2023-02-29',
    '2024-13-01',
    '24:00:00',
    '1:02:03',
    '01:02:03Z',
    '01:02:03.5+02:00',
    '2024-01-01T01:02:03Z',
    '2024-01-01T01:02:03',
    'a.example.com',
    '-a.example.com',
    'a@example.com',
    'A <a@example.com>',
    'a@',
    '10.0.0.1',
    '10.0.0.256',
    '::1',
    '::ffff:10.0.0.1',
    'https://example.com/a?b#c',
    '//a/b',
    'a b',
    'a\\b',
    'http://{a}/{b}',
    'http://a/{b',
    '{',
    '123e4567-e89b-12d3-a456-426614174000',
    '(',
    '(?=a)',
    '/a/~0b',
    'a/b',
    '1/a',
    '0#',
    '',
  ]);
  await assertSame(t, [
    ...match('{"type": ["integer", "null"]}', '[]', '{}', '"1"', '"1.0"', '"1.5"', '"null"', '"{"'),
    ...match(inArray('{"type": "number"}'), '[1, 1.5, "a", true, null, [], {}]'),
    ...match(
      '{"required": ["a", "b"], "properties": {"a": {"minimum": 3, "exclusiveMaximum": 5}}, "additionalProperties": false, "minProperties": 3}',
      '{"a": 2}',
      '{"a": 5, "b": 1, "c": 1}',
      '{"a": 4.5, "b": 1}',
    ),
    ...match(
      '{"patternProperties": {"^x-": {"type": "string"}}, "additionalProperties": {"type": "null"}, "propertyNames": {"maxLength": 3}}',
      '{"x-a": 1, "y": 1, "long-name": null}',
    ),
    ...match(
      inArray('{"minLength": 2, "maxLength": 3, "pattern": "^(?i)a"}'),
      '["a", "ab", "ABCD", "ééé", 5]',
    ),
    ...match(
      '{"items": [{"type": "string"}], "additionalItems": {"type": "number"}, "minItems": 4, "uniqueItems": true}',
      '["a", 1, 1.0]',
      '[1, "a", "a"]',
    ),
    ...match(
      '{"items": [true, false], "additionalItems": false, "maxItems": 1, "contains": {"const": 3}}',
      '[1, 2, 3]',
      '[1, 2]',
    ),
    ...match(inArray('{"multipleOf": 0.01}'), '[1.23, 1.234, "a"]'),
    ...match(
      inArray('{"maximum": 12345678901234567890, "minimum": 1e10, "exclusiveMinimum": true}'),
      '[1e10, 2e30, 1e11]',
    ),
    ...match(
      inArray('{"enum": [1, "a", null, {"b": [1.0]}]}'),
      '[1.0, "b", null, {"b": [1]}, {"b": [2]}]',
    ),
    ...match(inArray('{"const": {"a": 1}}'), '[{"a": 1.0}, {"a": 2}]'),
    ...match(
      inArray(
        '{"anyOf": [{"type": "string", "minLength": 2}, {"type": "object", "required": ["a"]}]}',
      ),
      '["a", "ab", {}, 1, {"a": 1}]',
    ),
    ...match(inArray('{"oneOf": [{"type": "integer"}, {"minimum": 2}]}'), '[1, 2, 2.5, 1.5, "a"]'),
    ...match(
      inArray('{"allOf": [{"minimum": 2}, {"maximum": 1}], "not": {"type": "string"}}'),
      '[1, 3, "a"]',
    ),
    ...match(
      inArray(
        '{"if": {"required": ["a"]}, "then": {"required": ["b"]}, "else": {"required": ["c"]}}',
      ),
      '[{"a": 1}, {"a": 1, "b": 1}, {}, {"c": 1}]',
    ),
    ...match(
      inArray('{"dependencies": {"a": ["b", "c"], "d": {"required": ["e"]}}}'),
      '[{"a": 1, "b": 1}, {"d": 1}, {"d": 1, "e": 1}]',
    ),
    ...match(
      '{"definitions": {"a": {"type": "string"}, "n": {"properties": {"next": {"$ref": "#/definitions/n"}}, "required": ["v"]}}, "properties": {"x": {"$ref": "#/definitions/a"}, "y": {"$ref": "#/definitions/n"}}}',
      '{"x": 1, "y": {"next": {"next": {"v": 1}}}}',
    ),
    ...match(
      '{"properties": {"x": {"$ref": "#"}}, "additionalProperties": false}',
      '{"x": {"x": {"y": 1}}}',
    ),
    ...match(
      '{"$id": "http://example.com/a.json", "definitions": {"b": {"$id": "b.json", "type": "string"}}, "properties": {"x": {"$ref": "b.json"}}}',
      '{"x": 1}',
    ),
    ...formats.flatMap((format) => match(inArray(`{"format": ${text(format)}}`), samples)),
    ...verify(
      '{}',
      'true',
      '"true"',
      '"{"',
      '[]',
      '{"type": 1}',
      '{"type": ["string", "string"]}',
      '{"type": [1]}',
      '{"properties": []}',
      '{"properties": {"a": 1}}',
      '{"additionalProperties": 1}',
      '{"patternProperties": {"(": {}}}',
      '{"patternProperties": 1}',
      '{"propertyNames": 1}',
      '{"dependencies": 1}',
      '{"dependencies": {"a": [1]}}',
      '{"dependencies": {"a": 1}}',
      '{"items": 1}',
      '{"items": [1]}',
      '{"additionalItems": 1}',
      '{"multipleOf": 0}',
      '{"multipleOf": "a"}',
      '{"minimum": "a"}',
      '{"exclusiveMinimum": true}',
      '{"exclusiveMaximum": "a"}',
      '{"minLength": -1}',
      '{"minLength": 1.5}',
      '{"minLength": 2, "maxLength": 1}',
      '{"pattern": "("}',
      '{"pattern": 1}',
      '{"format": 1}',
      '{"minProperties": 2, "maxProperties": 1}',
      '{"required": ["a", "a"]}',
      '{"required": [1]}',
      '{"required": 1}',
      '{"minItems": 2, "maxItems": 1}',
      '{"uniqueItems": 1}',
      '{"enum": [1, 1.0]}',
      '{"enum": 1}',
      '{"oneOf": 1}',
      '{"anyOf": [1]}',
      '{"not": 1}',
      '{"if": 1}',
      '{"definitions": 1}',
      '{"definitions": {"a": 1}}',
      '{"title": 1}',
      '{"$ref": 1}',
      '{"$ref": "#/definitions/a"}',
      '{"$schema": 1}',
      '{"$schema": "http://json-schema.org/draft-04/schema#", "exclusiveMinimum": 1, "minimum": 1}',
      '{"$schema": "http://json-schema.org/draft-04/schema#", "properties": {"a": true}}',
      '{"$schema": "http://json-schema.org/draft-06/schema#", "exclusiveMinimum": true, "minimum": 1}',
      '{"$schema": "http://json-schema.org/draft-06/schema#", "if": 1}',
    ),
  ]);
});

const SCHEMA = `
"What can be asked" schema { query: Query mutation: Change }
# of what
"""
  Things
    of it
"""
type Query implements Named & Node @deprecated2(reason: "no", n: [1, 2.5, {a: B}]) {
  # the id
  id: ID! name(first: Int = 1, "text" last: [String!]! = ["a"]): String @deprecated
  pet(id: ID!): Pet animals: [Animal!]
}
interface Named { name(first: Int = 1): String }
interface Node implements Named { id: ID! name(first: Int): String }
type Dog { barks: Boolean! name: String } type Cat { meows: Int name: String }
union Pet = | Dog | Cat
union Animal @deprecated2 = Dog
enum Color { RED @deprecated(reason: "old") "green" GREEN # last
}
input Filter { color: Color = RED nested: Filter list: [Int] }
scalar Date @specifiedBy(url: "https://example.com")
directive @deprecated2(reason: String = "", n: [Date]) repeatable on | OBJECT | UNION | FIELD
type Change { set(filter: Filter!, at: Date): Boolean }
extend type Query { extra: Color! }
extend schema @link { subscription: Query }
directive @link on SCHEMA
# the end
`;

it('documents of GraphQL are read and judged as in OPA', async (t) => {
  const queries = [
    '{ id name }',
    'query Q($id: ID!, $n: Int = 2 @link) { pet(id: $id) { __typename ... on Dog { barks } ...C } name(first: $n, last: []) @deprecated2 } fragment C on Cat { meows }',
    'mutation { set(filter: {color: GREEN, list: [1], nested: null}, at: "2024") }',
    'subscription S { id }',
    'query($id: ID!) { pet(id: $id) { name } }',
    '# c\n{ # d\n a: id # e\n}',
    '{ name(last: """\n  block\n    text\n  """) }',
    '{ name(last: ["\\u00e9\\n\\"", "x"]) }',
    '{ nothing }',
    '{ id { a } }',
    '{ pet(id: 1) }',
    '{ pet { __typename } }',
    '{ name(last: 5) }',
    '{ name(last: "a", other: 1) }',
    'query A { id } query A { id }',
    'query A { id } { name(last: []) }',
    '{ ...X }',
    'fragment X on Query { id }',
    '{ ...X } fragment X on Query { ...X }',
    '{ id @skip(if: 1) }',
    '{ id @unknown }',
    '{ id: name(last: []) id }',
    'query($a: Int) { id }',
    '{ id(a: $b) }',
    'mutation { set(filter: {color: BLUE}) }',
    'mutation { set(filter: {unknown: 1}) }',
    '',
    '{',
    '{ a(b: ) }',
    '{ a(b: 01) }',
    '{ a(b: 1.) }',
    '{ a(b: "x) }',
    '{ a(b: """x) }',
    '{ a ? }',
    '{ é }',
    'query { }',
    'fragment on on Query { id }',
    'query Q($a: Int = $b) { id }',
    '{ ... }',
    '{ ... @include(if: true) { id } }',
    '{ a(b: {c: $d, e: [$f]}) }',
  ];
  const schemas = [
    SCHEMA,
    'type Query { a: Int } type Query { b: Int }',
    'extend type Query { a: Int } extend type Query { b: Int }',
    'extend enum E { A } extend input I { a: Int } extend scalar S @specifiedBy(url: "u") extend interface N { a: Int } extend union U = Query type Query { a: Int }',
    'type A { a: B }',
    'type A { a: Int a: Int }',
    'type A { a(b: A): Int }',
    'type A { __a: Int }',
    'type __A { a: Int }',
    'type A',
    'type A {}',
    'input A { a: B } type B { a: Int }',
    'input A { b: B! } input B { a: A! }',
    'input A { b: [A!]! c: A }',
    'enum A { true }',
    'enum A { B B }',
    'union A = Int',
    'union A = B | B type B { a: Int }',
    'scalar Int',
    'directive @a(b: Int @a) on ARGUMENT_DEFINITION',
    'directive @a on FIELD directive @a on FIELD',
    'directive @skip on FIELD',
    'directive @a on OTHER',
    'type A @unknown { a: Int }',
    'type A @skip(if: true) { a: Int }',
    'type A { a: Int @deprecated(other: 1) }',
    'type A { a: Int @deprecated @deprecated }',
    'scalar A @specifiedBy',
    'scalar A @specifiedBy(url: null)',
    'interface I { a(b: Int): Int! } type A implements I { a: Int }',
    'interface I { a(b: Int): Int } type A implements I { a: Int }',
    'interface I { a(b: Int): Int } type A implements I { a(b: String): Int }',
    'interface I { a: Int } type A implements I { a(b: Int!): Int }',
    'interface I { a: Int } type A implements I { b: Int }',
    'interface I { a: J } interface J { b: Int } type K implements J { b: Int } type A implements I { a: K }',
    'interface I { a: [Int] } type A implements I { a: [Int!]! }',
    'interface I { a: Int } interface J implements I { a: Int } type A implements J { a: Int }',
    'interface I implements I { a: Int }',
    'type B { a: Int } type A implements B { a: Int }',
    'type A implements B { a: Int }',
    'schema { query: A }',
    'schema { query: Int } schema { query: Int }',
    'schema { other: Int }',
    'extend schema',
    'extend type A',
    '"d" extend type A { a: Int }',
    'extend "d" type A { a: Int }',
    'extend interface A implements B { a: Int }',
    'extend input A @a(b: $c) { a: Int }',
    'input A { a(b: Int): Int }',
    'union A = |',
    'union A',
    '"""\n"""  type A { a: Int }',
    'type A { a: [Int!]! b: [[Int]] }',
    'nothing',
    '',
  ];
  const ofSchema = '`type Query { a: Int }`';
  await assertSame(t, [
    ...queries.map((one): OracleCall => ['graphql.parse_query', `[${text(one)}]`]),
    ...queries.map((one): OracleCall => ['graphql.is_valid', `[${text(one)}, ${text(SCHEMA)}]`]),
    ...queries.map((one): OracleCall => [
      'graphql.parse_and_verify',
      `[${text(one)}, ${text(SCHEMA)}]`,
    ]),
    ...schemas.map((one): OracleCall => ['graphql.parse_schema', `[${text(one)}]`]),
    ...schemas.map((one): OracleCall => ['graphql.schema_is_valid', `[${text(one)}]`]),
    ['graphql.parse', `["{ a }", ${ofSchema.replaceAll('`', '"')}]`],
    [
      'graphql.parse',
      `[{"Operations": [{"Operation": "query", "SelectionSet": [{"Name": "a", "Alias": "a"}]}]}, "type Query { a: Int }"]`,
    ],
    [
      'graphql.parse',
      `["{ a }", {"Definitions": [{"Kind": "OBJECT", "Name": "Query", "Fields": [{"Name": "a", "Type": {"NamedType": "Int"}}]}]}]`,
    ],
    ['graphql.is_valid', '["{ a }", 1]'],
    ['graphql.is_valid', '[1, "type Query { a: Int }"]'],
    ['graphql.schema_is_valid', '[1]'],
    ['graphql.is_valid', '["{ a }", "scalar A"]'],
  ]);
});
