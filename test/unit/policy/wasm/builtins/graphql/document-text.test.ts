import assert from 'node:assert/strict';
import { it } from 'node:test';

import {
  writeDirectiveDefinition,
  writeQuery,
  writeType,
  writeTypeDefinition,
} from '../../../../../../src/policy/wasm/builtins/graphql/document-text.ts';
import { readQuery } from '../../../../../../src/policy/wasm/builtins/graphql/read-query.ts';
import { readSchema } from '../../../../../../src/policy/wasm/builtins/graphql/read-schema.ts';

function rewriteSchema(text: string): readonly string[] {
  const { Definitions = [], Directives = [] } = readSchema(text);
  return [...Definitions.map(writeTypeDefinition), ...Directives.map(writeDirectiveDefinition)];
}

it('a query is written as it was read', () => {
  for (const query of [
    'query {a}',
    'query Q($a: [Int!]! = 1 @x, $b: B = {c: [D, null]}) @y(z: $a) {b: a(c: $b, d: "e\\n") @x {f g}}',
    'query {a}\nfragment F on Query @x {a}',
  ]) {
    const written = writeQuery(readQuery(query)).replace('query  ', 'query ');
    assert.equal(written, query);
  }
});

it('a block of text is written as a plain text', () => {
  assert.equal(writeQuery(readQuery('query Q {a(b: """c""")}')), 'query Q {a(b: "c")}');
});

it('a query that says nothing of its members is written without them', () => {
  assert.equal(writeQuery({}), '');
  assert.equal(writeQuery({ Operations: [{}], Fragments: [{}] }), '  {}\nfragment  on  {}');
  const selections = [{}, { Name: 'a' }, { Alias: '', Name: 'b', Arguments: [{}] }];
  assert.equal(writeQuery({ Operations: [{ SelectionSet: selections }] }), '  { a b(: )}');
  const variables = [{}, { Variable: 'a', DefaultValue: { Kind: 9, Children: [{}] } }];
  assert.equal(
    writeQuery({ Operations: [{ VariableDefinitions: variables, Directives: [{}] }] }),
    ' ($: , $a:  = {: }) @ {}',
  );
});

it('a type that is not there is written as nothing, so that what needs one is refused', () => {
  assert.equal(writeType(null), '');
  assert.equal(writeType(undefined), '');
  assert.equal(writeType({}), '[]');
  assert.equal(writeType({ Elem: { NamedType: 'Int', NonNull: true }, NonNull: true }), '[Int!]!');
});

it('the types and directives of a schema are written as they were read', () => {
  const parts = [
    'scalar A @x',
    'union B @x = C | D',
    'enum E @x {F @y, G}',
    'input H @x {a: Int = 1 @y, b: [Int!]}',
    'interface I implements J @x {a(b: Int! = 2 @y, c: E): Int}',
    'type K implements I & J {a: Int @y(z: 1.5)}',
    'type L {a: Int}',
    'directive @x(a: Int = 1) repeatable on FIELD | OBJECT',
    'directive @y on FIELD',
  ];
  assert.deepEqual(rewriteSchema(parts.join('\n')), parts);
});

it('a type that says nothing of its members is written as an object without them', () => {
  assert.equal(writeTypeDefinition({}), 'type  ');
  assert.equal(writeTypeDefinition({ Kind: 'ENUM' }), 'enum  ');
  assert.equal(writeTypeDefinition({ Kind: 'ENUM', EnumValues: [{}] }), 'enum  {}');
  assert.equal(writeTypeDefinition({ Name: 'A', Fields: [{}] }), 'type A {: }');
  assert.equal(writeDirectiveDefinition({}), 'directive @ on ');
});
