/** A schema whose parts fit together: types with their extensions, directives, and where queries begin. */
import type {
  DirectiveDefinition,
  SchemaDefinition,
  SchemaDocument,
  TypeDefinition,
} from './document-types.ts';
import { BuiltinError } from '../builtin.ts';
import { readSchema } from './read-schema.ts';

/** By name; extensions are within what they extend. */
export interface Schema {
  readonly types: ReadonlyMap<string, TypeDefinition>;
  readonly directives: ReadonlyMap<string, DirectiveDefinition>;
  /** The types that a value of an interface or a union can have, by its name. */
  readonly possibleTypes: ReadonlyMap<string, ReadonlySet<string>>;
  /** The name of the type where queries, mutations and subscriptions begin. */
  readonly roots: ReadonlyMap<string, string>;
  /** Of the schema itself. */
  readonly ownDirectives: readonly (readonly NonNullable<
    SchemaDefinition['Directives']
  >[number][])[];
}

/** What every schema has. Source: GraphQL specification, sections 3.5, 3.13 and 4.2. */
const PRELUDE = `
scalar Int scalar Float scalar String scalar Boolean scalar ID
directive @defer(if: Boolean = true, label: String) on FRAGMENT_SPREAD | INLINE_FRAGMENT
directive @include(if: Boolean!) on FIELD | FRAGMENT_SPREAD | INLINE_FRAGMENT
directive @skip(if: Boolean!) on FIELD | FRAGMENT_SPREAD | INLINE_FRAGMENT
directive @deprecated(reason: String = "No longer supported") on FIELD_DEFINITION | ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION | ENUM_VALUE
directive @specifiedBy(url: String!) on SCALAR
directive @oneOf on INPUT_OBJECT
type __Schema { description: String types: [__Type!]! queryType: __Type! mutationType: __Type subscriptionType: __Type directives: [__Directive!]! }
type __Type {
  kind: __TypeKind! name: String description: String specifiedByURL: String isOneOf: Boolean ofType: __Type
  fields(includeDeprecated: Boolean = false): [__Field!] interfaces: [__Type!] possibleTypes: [__Type!]
  enumValues(includeDeprecated: Boolean = false): [__EnumValue!] inputFields(includeDeprecated: Boolean = false): [__InputValue!]
}
enum __TypeKind { SCALAR OBJECT INTERFACE UNION ENUM INPUT_OBJECT LIST NON_NULL }
type __Field { name: String! description: String args(includeDeprecated: Boolean = false): [__InputValue!]! type: __Type! isDeprecated: Boolean! deprecationReason: String }
type __InputValue { name: String! description: String type: __Type! defaultValue: String isDeprecated: Boolean! deprecationReason: String }
type __EnumValue { name: String! description: String isDeprecated: Boolean! deprecationReason: String }
type __Directive { name: String! description: String locations: [__DirectiveLocation!]! args(includeDeprecated: Boolean = false): [__InputValue!]! isRepeatable: Boolean! }
enum __DirectiveLocation {
  QUERY MUTATION SUBSCRIPTION FIELD FRAGMENT_DEFINITION FRAGMENT_SPREAD INLINE_FRAGMENT VARIABLE_DEFINITION SCHEMA SCALAR OBJECT
  FIELD_DEFINITION ARGUMENT_DEFINITION INTERFACE UNION ENUM ENUM_VALUE INPUT_OBJECT INPUT_FIELD_DEFINITION
}`;

let prelude: SchemaDocument | undefined;

/** The types that are not the schema's own. */
export function readPrelude(): SchemaDocument {
  prelude ??= builtIn(readSchema(PRELUDE));
  return prelude;
}

function builtIn(document: SchemaDocument): SchemaDocument {
  const { Definitions = [] } = document;
  return { ...document, Definitions: Definitions.map((type) => ({ ...type, BuiltIn: true })) };
}

/** Which directives a schema may define although every schema has them. */
const REDEFINABLE: ReadonlySet<string> = new Set(
  (readPrelude().Directives ?? []).map(({ Name = '' }) => Name),
);

/** Puts a schema together. Throws where a name stands for two things, or for none. */
export function assembleSchema(document: SchemaDocument): Schema {
  const types = mergeTypes(document);
  const directives = new Map<string, DirectiveDefinition>();
  for (const one of [...(readPrelude().Directives ?? []), ...(document.Directives ?? [])]) {
    const { Name = '' } = one;
    if (!directives.has(Name)) directives.set(Name, one);
    else if (!REDEFINABLE.has(Name)) throw refused(`Cannot redeclare directive ${Name}.`);
  }
  const { Schema: own = [], SchemaExtension: extensions = [] } = document;
  if (own.length > 1) {
    throw refused('Cannot have multiple schema entry points, consider schema extensions instead.');
  }
  return {
    types,
    directives,
    possibleTypes: findPossibleTypes(types),
    roots: findRoots([...own, ...extensions], { types, isNamed: own.length > 0 }),
    ownDirectives: [...own, ...extensions].map(({ Directives = [] }) => Directives),
  };
}

/** What a schema is refused for. */
export function refused(message: string): BuiltinError {
  return new BuiltinError(
    `Error in gqlparser SchemaDocument to Schema conversion: input: ${message}`,
  );
}

function mergeTypes(document: SchemaDocument): ReadonlyMap<string, TypeDefinition> {
  const types = new Map<string, TypeDefinition>();
  for (const type of [...(readPrelude().Definitions ?? []), ...(document.Definitions ?? [])]) {
    const { Name = '' } = type;
    if (types.has(Name)) throw refused(`Cannot redeclare type ${Name}.`);
    types.set(Name, type);
  }
  for (const extension of document.Extensions ?? []) {
    const { Name = '', Kind = '' } = extension;
    // What is extended need not be there: it begins with its first extension.
    const type = types.get(Name) ?? { Kind, Name };
    if (type.Kind !== Kind) {
      throw refused(
        `Cannot extend type ${Name} because the base type is a ${type.Kind ?? ''}, not ${Kind}.`,
      );
    }
    types.set(Name, extend(type, extension));
  }
  return types;
}

function extend(type: TypeDefinition, extension: TypeDefinition): TypeDefinition {
  const join = <T>(a: readonly T[] | undefined, b: readonly T[] | undefined): readonly T[] => [
    ...(a ?? []),
    ...(b ?? []),
  ];
  return {
    ...type,
    Directives: join(type.Directives, extension.Directives),
    Interfaces: join(type.Interfaces, extension.Interfaces),
    Fields: join(type.Fields, extension.Fields),
    Types: join(type.Types, extension.Types),
    EnumValues: join(type.EnumValues, extension.EnumValues),
  };
}

function findPossibleTypes(
  types: ReadonlyMap<string, TypeDefinition>,
): ReadonlyMap<string, ReadonlySet<string>> {
  const possible = new Map<string, Set<string>>();
  const add = (name: string, type: string): void => {
    const known = possible.get(name);
    if (known === undefined) possible.set(name, new Set([type]));
    else known.add(type);
  };
  for (const [name, { Kind, Types = [], Interfaces = [] }] of types) {
    for (const member of Kind === 'UNION' ? Types : []) add(name, member);
    for (const implemented of Interfaces) add(implemented, name);
  }
  return possible;
}

function findRoots(
  definitions: readonly SchemaDefinition[],
  { types, isNamed }: { readonly types: Schema['types']; readonly isNamed: boolean },
): ReadonlyMap<string, string> {
  const roots = new Map<string, string>();
  for (const { Operation = '', Type = '' } of definitions.flatMap(
    (one) => one.OperationTypes ?? [],
  )) {
    if (!types.has(Type)) {
      throw refused(`Schema root ${Operation} refers to a type ${Type} that does not exist.`);
    }
    roots.set(Operation, Type);
  }
  for (const [operation, name] of isNamed ? [] : USUAL_ROOTS) {
    if (!roots.has(operation) && types.has(name)) roots.set(operation, name);
  }
  return roots;
}

const USUAL_ROOTS = [
  ['query', 'Query'],
  ['mutation', 'Mutation'],
  ['subscription', 'Subscription'],
] as const;
