/** Reads a document of GraphQL that a policy hands back, member by member, and writes one as a policy gets it. */
import { compareTexts } from '../../compare-values.ts';
import { isRegoArray, RegoNumber, RegoObject, type RegoValue } from '../../rego-value.ts';
import { BuiltinError, BuiltinLimitError } from '../builtin.ts';
import { toRegoValue } from '../plain-value.ts';
import type { QueryDocument, SchemaDocument } from './document-types.ts';

type Scalar = 'text' | 'number' | 'boolean';
/** What a member is: a scalar, an object, or a list of them. */
type Shape = Scalar | { readonly list: Shape | (() => Members) } | (() => Members);
type Members = Readonly<Record<string, Shape>>;

function texts(...names: readonly string[]): Members {
  return Object.fromEntries(names.map((name) => [name, 'text' as const]));
}

const COMMENT: Members = { List: { list: () => texts('Value') } };
const DESCRIPTION: Members = {
  ...texts('Description', 'Name'),
  BeforeDescriptionComment: () => COMMENT,
  AfterDescriptionComment: () => COMMENT,
};
const TYPE: Members = { NamedType: 'text', NonNull: 'boolean', Elem: () => TYPE };
const VALUE: Members = {
  Raw: 'text',
  Kind: 'number',
  Children: { list: () => CHILD },
  ExpectedTypeHasDefault: 'boolean',
  Comment: () => COMMENT,
};
const CHILD: Members = { Name: 'text', Value: () => VALUE, Comment: () => COMMENT };
const DIRECTIVE: Members = {
  ...texts('Name', 'Location'),
  Arguments: { list: () => CHILD },
};
const DIRECTIVES: Shape = { list: () => DIRECTIVE };
const SELECTION: Members = {
  ...texts('Alias', 'Name'),
  Arguments: { list: () => CHILD },
  Directives: DIRECTIVES,
  SelectionSet: { list: () => SELECTION },
};
const VARIABLE: Members = {
  Variable: 'text',
  Type: () => TYPE,
  DefaultValue: () => VALUE,
  Directives: DIRECTIVES,
  Used: 'boolean',
  Comment: () => COMMENT,
};
const OPERATION: Members = {
  ...texts('Operation', 'Name'),
  VariableDefinitions: { list: () => VARIABLE },
  Directives: DIRECTIVES,
  SelectionSet: { list: () => SELECTION },
};
const FRAGMENT: Members = {
  ...texts('Name', 'TypeCondition'),
  VariableDefinition: { list: () => VARIABLE },
  Directives: DIRECTIVES,
  SelectionSet: { list: () => SELECTION },
};
const QUERY: Members = {
  Operations: { list: () => OPERATION },
  Fragments: { list: () => FRAGMENT },
};
const FIELD: Members = {
  ...DESCRIPTION,
  Arguments: { list: () => FIELD },
  DefaultValue: () => VALUE,
  Type: () => TYPE,
  Directives: DIRECTIVES,
};
const ENUM_VALUE: Members = { ...DESCRIPTION, Directives: DIRECTIVES };
const DEFINITION: Members = {
  ...DESCRIPTION,
  Kind: 'text',
  EndOfDefinitionComment: () => COMMENT,
  Directives: DIRECTIVES,
  Interfaces: { list: 'text' },
  Fields: { list: () => FIELD },
  Types: { list: 'text' },
  EnumValues: { list: () => ENUM_VALUE },
  BuiltIn: 'boolean',
};
const DIRECTIVE_DEFINITION: Members = {
  ...DESCRIPTION,
  Arguments: { list: () => FIELD },
  Locations: { list: 'text' },
  IsRepeatable: 'boolean',
};
const OPERATION_TYPE: Members = { ...texts('Operation', 'Type'), Comment: () => COMMENT };
const SCHEMA_DEFINITION: Members = {
  Description: 'text',
  BeforeDescriptionComment: () => COMMENT,
  AfterDescriptionComment: () => COMMENT,
  EndOfDefinitionComment: () => COMMENT,
  Directives: DIRECTIVES,
  OperationTypes: { list: () => OPERATION_TYPE },
};
const SCHEMA: Members = {
  Schema: { list: () => SCHEMA_DEFINITION },
  SchemaExtension: { list: () => SCHEMA_DEFINITION },
  Directives: { list: () => DIRECTIVE_DEFINITION },
  Definitions: { list: () => DEFINITION },
  Extensions: { list: () => DEFINITION },
  Comment: () => COMMENT,
};

/** A query that was read before. As in OPA, all that is selected is taken for fields. */
export function readQueryObject(object: RegoObject): QueryDocument {
  return readMembers(object, QUERY, 0);
}

/** A schema that was read before. */
export function readSchemaObject(object: RegoObject): SchemaDocument {
  return readMembers(object, SCHEMA, 0);
}

/** As deep as texts may nest, by three levels of members each. */
const DEPTH_MAX = 600;

function readMembers(
  { entries }: RegoObject,
  members: Members,
  depth: number,
): Readonly<Record<string, unknown>> {
  if (depth > DEPTH_MAX) {
    throw new BuiltinLimitError(`the document nests more than ${DEPTH_MAX} levels`);
  }
  const read = new Map<string, unknown>();
  for (const [name, shape] of Object.entries(members)) {
    if (typeof shape === 'string') read.set(name, ABSENT[shape]);
  }
  for (const [name, value] of entries) {
    if (typeof name !== 'string' || value === null || !Object.hasOwn(members, name)) continue;
    const shape = members[name];
    if (shape !== undefined) read.set(name, readShape(value, shape, depth + 1));
  }
  return Object.fromEntries(read);
}

/** What Go has where a member is not there. */
const ABSENT: Readonly<Record<Scalar, unknown>> = { text: '', number: 0, boolean: false };

function readShape(value: RegoValue, shape: Shape, depth: number): unknown {
  if (typeof shape === 'string') return readScalar(value, shape);
  if (typeof shape === 'function') {
    if (value instanceof RegoObject) return readMembers(value, shape(), depth);
    throw wrongMember('object');
  }
  if (value === null || typeof value !== 'object' || !isRegoArray(value)) {
    throw wrongMember('array');
  }
  return value.map((item) => readShape(item, shape.list, depth));
}

function readScalar(value: RegoValue, shape: Scalar): unknown {
  if (shape === 'text' && typeof value === 'string') return value;
  if (shape === 'boolean' && typeof value === 'boolean') return value;
  if (shape === 'number' && value instanceof RegoNumber) return Number(value.text);
  throw wrongMember(shape);
}

function wrongMember(wanted: string): BuiltinError {
  return new BuiltinError(`json: cannot unmarshal a member of the document into ${wanted}`);
}

/** The document as a policy gets it: without what is null or empty, but for texts. */
export function writeDocument(document: QueryDocument | SchemaDocument): RegoValue {
  return writeValue(document) ?? new RegoObject([]);
}

function writeValue(value: unknown): RegoValue | undefined {
  if (value === null || value === undefined) return undefined;
  if (Array.isArray(value)) {
    const items = value.map(writeValue).filter((item) => item !== undefined);
    return items.length === 0 ? undefined : items;
  }
  if (typeof value !== 'object') return toRegoValue(value);
  const entries = Object.entries(value)
    .toSorted(([a], [b]) => compareTexts(a, b))
    .flatMap(([name, item]) => {
      const written = writeValue(item);
      return written === undefined ? [] : [[name, written] as const];
    });
  return entries.length === 0 ? undefined : new RegoObject(entries);
}
