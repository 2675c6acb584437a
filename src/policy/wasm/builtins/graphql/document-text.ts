/** Writes documents of GraphQL as text, for the library that checks queries. Descriptions and comments are left out. */
import {
  isThere,
  VALUE_KINDS,
  type DirectiveDefinition,
  type DirectiveNode,
  type FieldDefinition,
  type FragmentNode,
  type OperationNode,
  type QueryDocument,
  type SelectionNode,
  type TypeDefinition,
  type TypeReference,
  type ValueNode,
  type VariableDefinition,
} from './document-types.ts';

/** A query. */
export function writeQuery({ Operations = [], Fragments = [] }: QueryDocument): string {
  return [...Operations.map(writeOperation), ...Fragments.map(writeFragment)].join('\n');
}

function writeOperation(operation: OperationNode): string {
  const { Operation = '', Name = '', VariableDefinitions, Directives, SelectionSet } = operation;
  const head = `${Operation} ${Name}${writeVariables(VariableDefinitions)}`;
  return `${head}${writeDirectives(Directives)} ${writeSelections(SelectionSet)}`;
}

function writeFragment(fragment: FragmentNode): string {
  const { Name = '', TypeCondition = '', Directives, SelectionSet } = fragment;
  const head = `fragment ${Name} on ${TypeCondition}`;
  return `${head}${writeDirectives(Directives)} ${writeSelections(SelectionSet)}`;
}

function writeVariables(variables: readonly VariableDefinition[] = []): string {
  const written = variables.map(({ Variable = '', Type, DefaultValue, Directives }) => {
    const value = isThere(DefaultValue) ? ` = ${writeValue(DefaultValue)}` : '';
    return `$${Variable}: ${writeType(Type)}${value}${writeDirectives(Directives)}`;
  });
  return enclose('()', written);
}

function writeSelections(selections: readonly SelectionNode[] = []): string {
  return `{${selections.map(writeSelection).join(' ')}}`;
}

/** All are fields: `readQueryObject` knows no others. */
function writeSelection(selection: SelectionNode): string {
  const { Alias = '', Name = '', Arguments, Directives, SelectionSet = [] } = selection;
  const alias = Alias === '' || Alias === Name ? '' : `${Alias}: `;
  const inner = SelectionSet.length === 0 ? '' : ` ${writeSelections(SelectionSet)}`;
  return `${alias}${Name}${writeArguments(Arguments)}${writeDirectives(Directives)}${inner}`;
}

function writeArguments(named: DirectiveNode['Arguments'] = []): string {
  return enclose(
    '()',
    named.map(({ Name = '', Value }) => `${Name}: ${writeValue(Value)}`),
  );
}

function writeDirectives(directives: readonly DirectiveNode[] = []): string {
  return directives
    .map(({ Name = '', Arguments }) => ` @${Name}${writeArguments(Arguments)}`)
    .join('');
}

function writeValue(value: ValueNode | null | undefined): string {
  const { Kind, Raw = '', Children = [] } = value ?? {};
  switch (Kind) {
    case VALUE_KINDS.string:
    case VALUE_KINDS.block:
      return JSON.stringify(Raw);
    case VALUE_KINDS.list:
      return `[${Children.map(({ Value }) => writeValue(Value)).join(', ')}]`;
    case VALUE_KINDS.object:
      return `{${Children.map(({ Name = '', Value }) => `${Name}: ${writeValue(Value)}`).join(', ')}}`;
    case VALUE_KINDS.variable:
      return `$${Raw}`;
    case undefined:
    default:
      return Raw;
  }
}

/** `[Int!]`. */
export function writeType(type: TypeReference | null | undefined): string {
  if (!isThere(type)) return '';
  const { NamedType = '', Elem, NonNull = false } = type;
  return `${NamedType === '' ? `[${writeType(Elem)}]` : NamedType}${NonNull ? '!' : ''}`;
}

/** A type of a schema; nothing of it is left to extensions. */
export function writeTypeDefinition(type: TypeDefinition): string {
  const { Kind = '', Name = '', Interfaces = [], Directives, Types = [] } = type;
  const { Fields = [], EnumValues = [] } = type;
  const directives = writeDirectives(Directives);
  const fields = enclose('{}', Fields.map(writeField));
  switch (Kind) {
    case 'SCALAR':
      return `scalar ${Name}${directives}`;
    case 'UNION':
      return `union ${Name}${directives} = ${Types.join(' | ')}`;
    case 'ENUM': {
      const values = EnumValues.map(
        ({ Name: value = '', Directives: own }) => `${value}${writeDirectives(own)}`,
      );
      return `enum ${Name}${directives} ${enclose('{}', values)}`;
    }
    case 'INPUT_OBJECT':
      return `input ${Name}${directives} ${fields}`;
    default: {
      const word = Kind === 'INTERFACE' ? 'interface' : 'type';
      const implemented = Interfaces.length === 0 ? '' : ` implements ${Interfaces.join(' & ')}`;
      return `${word} ${Name}${implemented}${directives} ${fields}`;
    }
  }
}

function writeField(field: FieldDefinition): string {
  const { Name = '', Arguments = [], Type, DefaultValue, Directives } = field;
  const value = isThere(DefaultValue) ? ` = ${writeValue(DefaultValue)}` : '';
  const inputs = enclose('()', Arguments.map(writeField));
  return `${Name}${inputs}: ${writeType(Type)}${value}${writeDirectives(Directives)}`;
}

/** A directive of a schema. */
export function writeDirectiveDefinition(directive: DirectiveDefinition): string {
  const { Name = '', Arguments = [], IsRepeatable, Locations = [] } = directive;
  const repeatable = IsRepeatable === true ? ' repeatable' : '';
  const inputs = enclose('()', Arguments.map(writeField));
  return `directive @${Name}${inputs}${repeatable} on ${Locations.join(' | ')}`;
}

function enclose(brackets: string, items: readonly string[]): string {
  return items.length === 0 ? '' : `${brackets[0]}${items.join(', ')}${brackets[1]}`;
}
