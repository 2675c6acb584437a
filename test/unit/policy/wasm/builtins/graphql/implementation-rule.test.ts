import assert from 'node:assert/strict';
import { it } from 'node:test';

import { BuiltinError } from '../../../../../../src/policy/wasm/builtins/builtin.ts';
import { implementationRule } from '../../../../../../src/policy/wasm/builtins/graphql/implementation-rule.ts';
import type { TypeDefinition } from '../../../../../../src/policy/wasm/builtins/graphql/document-types.ts';
import { readSchema } from '../../../../../../src/policy/wasm/builtins/graphql/read-schema.ts';
import { assembleSchema } from '../../../../../../src/policy/wasm/builtins/graphql/schema.ts';

const BEGIN = 'Error in gqlparser SchemaDocument to Schema conversion: input: ';

/** What is wrong with how the type implements the interface; undefined for nothing. */
function judge(definitions: readonly TypeDefinition[], type: string, name: string) {
  const schema = assembleSchema({ Definitions: definitions });
  const own = schema.types.get(type);
  assert.ok(own !== undefined);
  try {
    implementationRule(schema, own, name);
    return undefined;
  } catch (fault) {
    assert.ok(fault instanceof BuiltinError);
    assert.ok(fault.message.startsWith(BEGIN));
    return fault.message.slice(BEGIN.length);
  }
}

/** The type is `A`, the interface `I`. */
function judgeText(text: string) {
  return judge(readSchema(text).Definitions ?? [], 'A', 'I');
}

it('a type implements an interface with its fields, or with narrower ones', () => {
  for (const text of [
    'interface I { a: Int } type A implements I { a: Int }',
    'interface I { a: Int } type A implements I { a: Int! b: Int }',
    'interface I { a: [J] } interface J { b: Int } type B implements J { b: Int } type A implements I { a: [B!]! }',
    'interface I { a: U } union U = B type B { b: Int } type A implements I { a: B }',
    'interface I { a(b: [Int!]!, c: Int!): Int } type A implements I { a(b: [Int!], c: Int!): Int }',
    'interface I { a: Int } type A implements I { a(b: Int, c: Int! = 1): Int }',
    'interface J { a: Int } interface I implements J { a: Int } type A implements I & J { a: Int }',
  ]) {
    assert.equal(judgeText(text), undefined, text);
  }
});

it('what an interface wants and a type does not have is told', () => {
  const has = (text: string, message: string) => assert.equal(judgeText(text), message, text);
  has('type A { a: Int }', 'Undefined type "I".');
  has('type I { a: Int } type A { a: Int }', '"I" is a non interface type OBJECT.');
  const field = 'For A to implement I the field a must have type';
  has(
    'interface I { a: Int } type A { b: Int }',
    'For A to implement I it must have a field called a.',
  );
  has('interface I { a: Int! } type A { a: Int }', `${field} Int!.`);
  has('interface I { a: Int } type A { a: String }', `${field} Int.`);
  has('interface I { a: J } interface J { b: Int } type A { a: I }', `${field} J.`);
  has('interface I { a: [Int] } type A { a: Int }', `${field} [Int].`);
  has('interface I { a: Int } type A { a: [Int] }', `${field} Int.`);
  has('interface I { a: [Int!] } type A { a: [Int] }', `${field} [Int!].`);
  const same = 'For A to implement I the field a must have the same arguments but';
  has('interface I { a(b: Int): Int } type A { a: Int }', `${same} it is missing b.`);
  for (const [wanted, own] of [
    ['Int', 'String'],
    ['Int', 'Int!'],
    ['[Int]', 'Int'],
    ['Int', '[Int]'],
    ['[Int]', '[String]'],
    ['[Int]', '[Int!]'],
  ]) {
    has(
      `interface I { a(b: ${wanted}): Int } type A { a(b: ${own}): Int }`,
      `${same} b has the wrong type.`,
    );
  }
  has(
    'interface I { a: Int } type A { a(b: Int!): Int }',
    'For A to implement I any additional arguments on a must be optional or have a default value but b is required.',
  );
  has(
    'interface J { a: Int } interface I implements J { a: Int } type A implements I { a: Int }',
    'Type A must implement J because it is implemented by I.',
  );
  has(
    'interface I implements A { a: Int } interface A implements I { a: Int }',
    'Type A cannot implement I because it would create a circular reference.',
  );
});

it('documents that say nothing of a member are judged without it', () => {
  const empty = { Name: 'A' };
  const int = { NamedType: 'Int' };
  const wants = (...fields: NonNullable<TypeDefinition['Fields']>) => ({
    Kind: 'INTERFACE',
    Name: 'I',
    Fields: fields,
  });
  assert.equal(judge([{ Name: 'I' }, empty], 'A', 'I'), '"I" is a non interface type .');
  assert.equal(judge([{ Kind: 'INTERFACE', Name: 'I' }, empty], 'A', 'I'), undefined);
  assert.equal(
    judge([wants({}), empty], 'A', 'I'),
    'For A to implement I it must have a field called .',
  );
  const field = { Name: 'a', Type: int };
  assert.equal(judge([wants(field), { ...empty, Fields: [field] }], 'A', 'I'), undefined);
  for (const absent of [{}, { Type: null }, { Type: {} }]) {
    assert.equal(
      judge([wants(field), { ...empty, Fields: [{ Name: 'a', ...absent }] }], 'A', 'I'),
      'For A to implement I the field a must have type Int.',
    );
    const withInput = { ...field, Arguments: [{ Name: 'b', Type: int }] };
    const own = { ...field, Arguments: [{ Name: 'b', ...absent }] };
    const wrong =
      'For A to implement I the field a must have the same arguments but b has the wrong type.';
    assert.equal(judge([wants(withInput), { ...empty, Fields: [own] }], 'A', 'I'), wrong);
    assert.equal(judge([wants(own), { ...empty, Fields: [withInput] }], 'A', 'I'), wrong);
  }
});
