/** Reads what can be asked, in GraphQL. Source: GraphQL specification, October 2021, section 3. */
import type {
  CommentGroup,
  DirectiveDefinition,
  EnumValueDefinition,
  FieldDefinition,
  SchemaDefinition,
  SchemaDocument,
  TypeDefinition,
} from './document-types.ts';
import { readDirectives, readOperationType, readType, readValue } from './read-query.ts';
import { TokenCursor } from './token-cursor.ts';
import { TOKEN_KINDS } from './token-list.ts';

const PARENTHESES = ['(', ')'] as const;
const BRACES = ['{', '}'] as const;

/** Types, directives and entry points of a text. Whether they fit together is not looked at. */
export function readSchema(text: string): SchemaDocument {
  const cursor = new TokenCursor(text);
  const found: Found = { schema: [], extension: [], directives: [], types: [], extensions: [] };
  while (!cursor.isAtKind(TOKEN_KINDS.end)) readDefinition(cursor, found);
  return {
    Schema: found.schema,
    SchemaExtension: found.extension,
    Directives: found.directives,
    Definitions: found.types,
    Extensions: found.extensions,
    Comment: cursor.comment,
  };
}

interface Found {
  readonly schema: SchemaDefinition[];
  readonly extension: SchemaDefinition[];
  readonly directives: DirectiveDefinition[];
  readonly types: TypeDefinition[];
  readonly extensions: TypeDefinition[];
}

function readDefinition(cursor: TokenCursor, found: Found): void {
  const described = readDescription(cursor);
  if (!cursor.isAtKind(TOKEN_KINDS.name)) throw cursor.unexpected();
  const word = cursor.token.value;
  if (TYPE_KINDS.has(word)) found.types.push(readTypeDefinition(cursor, described));
  else if (word === 'schema') found.schema.push(readSchemaDefinition(cursor, described));
  else if (word === 'directive') found.directives.push(readDirective(cursor, described));
  else if (word === 'extend') {
    if (described.Description !== '') throw cursor.unexpected(cursor.previous);
    readExtension(cursor, found);
  } else throw cursor.unexpected();
}

interface Description {
  readonly Description: string;
  readonly BeforeDescriptionComment: CommentGroup | null;
  readonly AfterDescriptionComment: CommentGroup | null;
}

/** A text before what it describes, and the comments around it. */
function readDescription(cursor: TokenCursor): Description {
  const { comment, token } = cursor;
  if (token.kind !== TOKEN_KINDS.string && token.kind !== TOKEN_KINDS.block) {
    return { Description: '', BeforeDescriptionComment: null, AfterDescriptionComment: comment };
  }
  cursor.next();
  const isThere = token.value !== '';
  return {
    Description: token.value,
    BeforeDescriptionComment: isThere ? comment : null,
    AfterDescriptionComment: cursor.comment,
  };
}

function readExtension(cursor: TokenCursor, found: Found): void {
  const described = { ...readNoDescription(cursor), isExtension: true };
  cursor.expectKeyword('extend');
  if (cursor.isAt('schema')) {
    const schema = readSchemaDefinition(cursor, described);
    if (isEmpty(schema.Directives) && isEmpty(schema.OperationTypes)) throw cursor.unexpected();
    found.extension.push(schema);
  } else if (TYPE_KINDS.has(cursor.token.value)) {
    const type = readTypeDefinition(cursor, described);
    const parts = [type.Directives, type.Interfaces, type.Fields, type.Types, type.EnumValues];
    if (parts.every(isEmpty)) throw cursor.unexpected();
    found.extensions.push(type);
  } else throw cursor.unexpected();
}

/** The comments before `extend`. */
function readNoDescription({ comment }: TokenCursor): Description {
  return { Description: '', BeforeDescriptionComment: null, AfterDescriptionComment: comment };
}

function isEmpty(items: readonly unknown[] | undefined): boolean {
  return items === undefined || items.length === 0;
}

function readSchemaDefinition(cursor: TokenCursor, described: Description): SchemaDefinition {
  cursor.expectKeyword('schema');
  const Directives = readDirectives(cursor, { isConstant: true });
  const { items: OperationTypes, comment } = cursor.listOf(BRACES, () => {
    const { comment: Comment } = cursor;
    const Operation = readOperationType(cursor);
    cursor.expect(':');
    return { Operation, Type: cursor.expectName(), Comment };
  });
  return { ...plain(described), Directives, OperationTypes, EndOfDefinitionComment: comment };
}

function plain({ Description, BeforeDescriptionComment, AfterDescriptionComment }: Description) {
  return { Description, BeforeDescriptionComment, AfterDescriptionComment };
}

const TYPE_KINDS: ReadonlyMap<string, string> = new Map([
  ['scalar', 'SCALAR'],
  ['type', 'OBJECT'],
  ['interface', 'INTERFACE'],
  ['union', 'UNION'],
  ['enum', 'ENUM'],
  ['input', 'INPUT_OBJECT'],
]);

function readTypeDefinition(
  cursor: TokenCursor,
  described: Description & { readonly isExtension?: boolean },
): TypeDefinition {
  const Kind = TYPE_KINDS.get(cursor.next().value) ?? '';
  const Name = cursor.expectName();
  // As OPA has it, an interface is extended by directives and fields alone.
  const mayImplement = Kind === 'OBJECT' || (Kind === 'INTERFACE' && !described.isExtension);
  const Interfaces = mayImplement ? readInterfaces(cursor) : [];
  const isConstant = !(Kind === 'INPUT_OBJECT' && described.isExtension === true);
  const Directives = readDirectives(cursor, { isConstant });
  const type = { Kind, Name, ...plain(described), Interfaces, Directives, BuiltIn: false };
  switch (Kind) {
    case 'SCALAR':
      return type;
    case 'UNION':
      return { ...type, Types: readUnion(cursor) };
    case 'ENUM': {
      const { items, comment } = cursor.listOf(BRACES, () => readEnumValue(cursor));
      return { ...type, EnumValues: items, EndOfDefinitionComment: comment };
    }
    default: {
      const read = Kind === 'INPUT_OBJECT' ? readInputValue : readField;
      const { items, comment } = cursor.listOf(BRACES, () => read(cursor));
      return { ...type, Fields: items, EndOfDefinitionComment: comment };
    }
  }
}

function readInterfaces(cursor: TokenCursor): readonly string[] {
  if (!cursor.isAt('implements')) return [];
  cursor.next();
  cursor.skip('&');
  const names = [cursor.expectName()];
  while (cursor.skip('&')) names.push(cursor.expectName());
  return names;
}

function readUnion(cursor: TokenCursor): readonly string[] {
  if (!cursor.skip('=')) return [];
  cursor.skip('|');
  const names = [cursor.expectName()];
  while (cursor.skip('|')) names.push(cursor.expectName());
  return names;
}

function readField(cursor: TokenCursor): FieldDefinition {
  const described = readDescription(cursor);
  const Name = cursor.expectName();
  const Arguments = cursor.listOf(PARENTHESES, () => readInputValue(cursor)).items;
  cursor.expect(':');
  const Type = readType(cursor);
  const Directives = readDirectives(cursor, { isConstant: true });
  return { ...described, Name, Arguments, Type, Directives };
}

/** An argument, or a field of an input. */
function readInputValue(cursor: TokenCursor): FieldDefinition {
  const described = readDescription(cursor);
  const Name = cursor.expectName();
  cursor.expect(':');
  const Type = readType(cursor);
  const DefaultValue = cursor.skip('=') ? readValue(cursor, { isConstant: true }) : null;
  const Directives = readDirectives(cursor, { isConstant: true });
  return { ...described, Name, DefaultValue, Type, Directives };
}

function readEnumValue(cursor: TokenCursor): EnumValueDefinition {
  const described = readDescription(cursor);
  const Name = cursor.expectName();
  return { ...described, Name, Directives: readDirectives(cursor, { isConstant: true }) };
}

function readDirective(cursor: TokenCursor, described: Description): DirectiveDefinition {
  cursor.expectKeyword('directive');
  cursor.expect('@');
  const Name = cursor.expectName();
  const Arguments = cursor.listOf(PARENTHESES, () => readInputValue(cursor)).items;
  const IsRepeatable = cursor.isAtKind(TOKEN_KINDS.name) && cursor.isAt('repeatable');
  if (IsRepeatable) cursor.next();
  cursor.expectKeyword('on');
  cursor.skip('|');
  const Locations = [readLocation(cursor)];
  while (cursor.skip('|')) Locations.push(readLocation(cursor));
  return { ...described, Name, Arguments, IsRepeatable, Locations };
}

const LOCATIONS: ReadonlySet<string> = new Set(
  `QUERY MUTATION SUBSCRIPTION FIELD FRAGMENT_DEFINITION FRAGMENT_SPREAD INLINE_FRAGMENT VARIABLE_DEFINITION
  SCHEMA SCALAR OBJECT FIELD_DEFINITION ARGUMENT_DEFINITION INTERFACE UNION ENUM ENUM_VALUE INPUT_OBJECT
  INPUT_FIELD_DEFINITION`.split(/\s+/),
);

function readLocation(cursor: TokenCursor): string {
  const token = cursor.expect(TOKEN_KINDS.name);
  if (LOCATIONS.has(token.value)) return token.value;
  throw cursor.unexpected(token);
}
