import { it } from 'node:test';

import { builtinCases } from '../../../../support/builtin-table.ts';

const SCHEMA = '"type Query { a(b: Int): Int q: Query }"';
const wide = `type Query { ${'a'.repeat(131_072)}: Int }`;
/** As an object: selections within selections. */
const deep = (levels: number): string =>
  `{"Operations": [${'{"SelectionSet": ['.repeat(levels)}${']}'.repeat(levels)}]}`;

for (const [name, run] of await builtinCases({
  results: [
    ['graphql.is_valid', `["{ a }", ${SCHEMA}]`, 'true'],
    ['graphql.is_valid', `["{ b }", ${SCHEMA}]`, 'false'],
    ['graphql.is_valid', `["subscription { a }", ${SCHEMA}]`, 'false'],
    [
      'graphql.parse_and_verify',
      `["{ a(b: 1) }", ${SCHEMA.replace(' q: Query', '')}]`,
      '[true,{"Operations":[{"Name":"","Operation":"query","SelectionSet":[{"Alias":"a","Arguments":[{"Name":"b","Value":{"ExpectedTypeHasDefault":false,"Kind":1,"Raw":"1"}}],"Name":"a"}]}]},{"Definitions":[{"BuiltIn":false,"Description":"","Fields":[{"Arguments":[{"Description":"","Name":"b","Type":{"NamedType":"Int","NonNull":false}}],"Description":"","Name":"a","Type":{"NamedType":"Int","NonNull":false}}],"Kind":"OBJECT","Name":"Query"}]}]',
    ],
    ['graphql.parse_and_verify', `["{", ${SCHEMA}]`, '[false,{},{}]'],
    ['graphql.parse_query', '[""]', '{}'],
    ['graphql.schema_is_valid', '["type A { a: B }"]', 'false'],
  ],
  failures: [
    [
      'graphql.parse_query',
      '["{ a: }"]',
      'Expected Name, found } in GraphQL string at location 1:6',
    ],
    [
      'graphql.parse',
      `["{ a(b: true) }", ${SCHEMA}]`,
      'Int cannot represent non-integer value: true in GraphQL string at location 1:8',
    ],
    [
      'graphql.parse',
      '["{ a }", "type A { a: B }"]',
      'Error in gqlparser SchemaDocument to Schema conversion: input: Undefined type B.',
    ],
    ['graphql.parse', `[1, ${SCHEMA}]`, 'operand 1 must be one of {string, object} but got number'],
    ['graphql.parse', '["{ a }", 1]', 'operand 2 must be one of {string, object} but got number'],
    ['graphql.parse_query', '[1]', 'operand 1 must be string but got number'],
    [
      'graphql.parse',
      `["mutation { a }", ${SCHEMA}]`,
      'GraphQL parse error: input: Schema does not support operation type "mutation"',
    ],
  ],
  limits: [
    [
      'graphql.parse_query',
      `["${'{ a '.repeat(300)}${'}'.repeat(300)}"]`,
      'the GraphQL nests more than 200 levels',
    ],
    [
      'graphql.parse_schema',
      `["type A { a: ${'['.repeat(300)}Int${']'.repeat(300)} }"]`,
      'the GraphQL nests more than 200 levels',
    ],
    ['graphql.schema_is_valid', `["${wide}"]`, 'the GraphQL has more than 131072 characters'],
    ['graphql.is_valid', `[${deep(700)}, ${SCHEMA}]`, 'the document nests more than 600 levels'],
  ],
})) {
  it(name, run);
}
