/** Reads what is asked in GraphQL. Source: GraphQL specification, October 2021, section 2. */
import {
  VALUE_KINDS,
  type ArgumentNode,
  type ChildValue,
  type DirectiveNode,
  type FragmentNode,
  type OperationNode,
  type QueryDocument,
  type SelectionNode,
  type TypeReference,
  type ValueNode,
  type VariableDefinition,
} from './document-types.ts';
import { TokenCursor } from './token-cursor.ts';
import { TOKEN_KINDS } from './token-list.ts';

const PARENTHESES = ['(', ')'] as const;
const BRACES = ['{', '}'] as const;
const BRACKETS = ['[', ']'] as const;

/** Operations and fragments of a text. */
export function readQuery(text: string): QueryDocument {
  const cursor = new TokenCursor(text);
  const [Operations, Fragments]: [OperationNode[], FragmentNode[]] = [[], []];
  while (!cursor.isAtKind(TOKEN_KINDS.end)) {
    if (cursor.isAtKind('{')) Operations.push(readShortOperation(cursor));
    else if (!cursor.isAtKind(TOKEN_KINDS.name)) throw cursor.unexpected();
    else if (OPERATIONS.has(cursor.token.value)) Operations.push(readOperation(cursor));
    else if (cursor.isAt('fragment')) Fragments.push(readFragment(cursor));
    else throw cursor.unexpected();
  }
  return { Operations, Fragments };
}

const OPERATIONS: ReadonlySet<string> = new Set(['query', 'mutation', 'subscription']);

function readShortOperation(cursor: TokenCursor): OperationNode {
  return { Operation: 'query', Name: '', SelectionSet: readSelections(cursor) };
}

function readOperation(cursor: TokenCursor): OperationNode {
  const { comment: Comment } = cursor;
  const Operation = readOperationType(cursor);
  const Name = cursor.isAtKind(TOKEN_KINDS.name) ? cursor.next().value : '';
  const VariableDefinitions = readVariables(cursor);
  const Directives = readDirectives(cursor, { isConstant: false });
  const SelectionSet = readSelections(cursor);
  return { Operation, Name, VariableDefinitions, Directives, SelectionSet, Comment };
}

/** `query`, `mutation` or `subscription`. */
export function readOperationType(cursor: TokenCursor): string {
  const token = cursor.next();
  if (OPERATIONS.has(token.value)) return token.value;
  throw cursor.unexpected(token);
}

function readFragment(cursor: TokenCursor): FragmentNode {
  const { comment: Comment } = cursor;
  cursor.expectKeyword('fragment');
  if (cursor.isAt('on')) throw cursor.unexpected();
  const Name = cursor.expectName();
  const variables = readVariables(cursor);
  cursor.expectKeyword('on');
  const TypeCondition = cursor.expectName();
  const Directives = readDirectives(cursor, { isConstant: false });
  const SelectionSet = readSelections(cursor);
  return { Name, VariableDefinition: variables, TypeCondition, Directives, SelectionSet, Comment };
}

function readVariables(cursor: TokenCursor): readonly VariableDefinition[] {
  return cursor.listOf(PARENTHESES, () => {
    const { comment: Comment } = cursor;
    const Variable = readVariable(cursor);
    cursor.expect(':');
    const Type = readType(cursor);
    const DefaultValue = cursor.skip('=') ? readValue(cursor, { isConstant: true }) : null;
    const Directives = readDirectives(cursor, { isConstant: false });
    return { Variable, Type, DefaultValue, Directives, Comment, Used: false };
  }).items;
}

function readVariable(cursor: TokenCursor): string {
  cursor.expect('$');
  return cursor.expectName();
}

function readSelections(cursor: TokenCursor): readonly SelectionNode[] {
  if (!cursor.isAtKind('{')) cursor.expect('{');
  return cursor.listOf(BRACES, () =>
    cursor.isAtKind('...') ? readSpread(cursor) : readField(cursor),
  ).items;
}

function readField(cursor: TokenCursor): SelectionNode {
  const { comment: Comment } = cursor;
  const Alias = cursor.expectName();
  const Name = cursor.skip(':') ? cursor.expectName() : Alias;
  const Arguments = readArguments(cursor, { isConstant: false });
  const Directives = readDirectives(cursor, { isConstant: false });
  const SelectionSet = cursor.isAtKind('{') ? readSelections(cursor) : [];
  return { Alias, Name, Arguments, Directives, SelectionSet, Comment };
}

function readSpread(cursor: TokenCursor): SelectionNode {
  const { comment: Comment } = cursor;
  cursor.expect('...');
  if (cursor.isAtKind(TOKEN_KINDS.name) && !cursor.isAt('on')) {
    const Name = cursor.expectName();
    return { Name, Directives: readDirectives(cursor, { isConstant: false }), Comment };
  }
  let TypeCondition = '';
  if (cursor.isAt('on')) {
    cursor.next();
    TypeCondition = cursor.expectName();
  }
  const Directives = readDirectives(cursor, { isConstant: false });
  return { TypeCondition, Directives, SelectionSet: readSelections(cursor), Comment };
}

interface ValueOptions {
  /** Whether variables are refused. */
  readonly isConstant: boolean;
}

function readArguments(cursor: TokenCursor, options: ValueOptions): readonly ArgumentNode[] {
  return cursor.listOf(PARENTHESES, () => readNamedValue(cursor, options)).items;
}

function readNamedValue(cursor: TokenCursor, options: ValueOptions): ArgumentNode & ChildValue {
  const { comment: Comment } = cursor;
  const Name = cursor.expectName();
  cursor.expect(':');
  return { Name, Value: readValue(cursor, options), Comment };
}

/** All that begin here. */
export function readDirectives(
  cursor: TokenCursor,
  options: ValueOptions,
): readonly DirectiveNode[] {
  const directives: DirectiveNode[] = [];
  while (cursor.skip('@')) {
    const Name = cursor.expectName();
    directives.push({ Name, Arguments: readArguments(cursor, options), Location: '' });
  }
  return directives;
}

const SCALAR_KINDS: ReadonlyMap<string, number> = new Map([
  [TOKEN_KINDS.int, VALUE_KINDS.int],
  [TOKEN_KINDS.float, VALUE_KINDS.float],
  [TOKEN_KINDS.string, VALUE_KINDS.string],
  [TOKEN_KINDS.block, VALUE_KINDS.block],
]);

/** A literal, or a variable. */
export function readValue(cursor: TokenCursor, options: ValueOptions): ValueNode {
  const { token, comment: Comment } = cursor;
  const rest = { ExpectedTypeHasDefault: false };
  if (token.kind === '[') {
    const readItem = () => ({ Name: '', Value: readValue(cursor, options) });
    const { items: Children } = cursor.listOf(BRACKETS, readItem, true);
    return { Raw: '', Children, Kind: VALUE_KINDS.list, Comment, ...rest };
  }
  if (token.kind === '{') {
    const { items: Children } = cursor.listOf(BRACES, () => readNamedValue(cursor, options), true);
    return { Raw: '', Children, Kind: VALUE_KINDS.object, Comment, ...rest };
  }
  if (token.kind === '$' && !options.isConstant) {
    return { Raw: readVariable(cursor), Kind: VALUE_KINDS.variable, ...rest };
  }
  const kind =
    token.kind === TOKEN_KINDS.name ? kindOfName(token.value) : SCALAR_KINDS.get(token.kind);
  if (kind === undefined) throw cursor.unexpected();
  cursor.next();
  return { Raw: token.value, Kind: kind, ...rest };
}

function kindOfName(name: string): number {
  if (name === 'true' || name === 'false') return VALUE_KINDS.boolean;
  return name === 'null' ? VALUE_KINDS.null : VALUE_KINDS.enum;
}

/** A type with its brackets and marks. */
export function readType(cursor: TokenCursor): TypeReference {
  if (!cursor.skip('[')) {
    return { NamedType: cursor.expectName(), NonNull: cursor.skip('!') };
  }
  const Elem = cursor.nested(() => readType(cursor));
  cursor.expect(']');
  return { NamedType: '', Elem, NonNull: cursor.skip('!') };
}
