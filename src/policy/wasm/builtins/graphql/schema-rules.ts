/** The rules for schemas, in the order in which OPA finds what breaks them. Source: GraphQL specification, October 2021, section 3. */
import { compareTexts } from '../../compare-values.ts';
import { quoteGo } from '../format-value.ts';
import {
  isThere,
  VALUE_KINDS,
  type DirectiveDefinition,
  type DirectiveNode,
  type FieldDefinition,
  type TypeDefinition,
  type TypeReference,
} from './document-types.ts';
import { writeType } from './document-text.ts';
import { implementationRule } from './implementation-rule.ts';
import { refused, type Schema } from './schema.ts';

/** Throws for the first rule that the schema breaks. */
export function checkSchema(schema: Schema): void {
  for (const directives of schema.ownDirectives) {
    checkDirectives(schema, directives, { location: 'SCHEMA' });
  }
  const types = [...schema.types]
    .toSorted(([a], [b]) => compareTexts(a, b))
    .map(([, type]) => type);
  for (const type of types) checkType(schema, type);
  checkCircularInputs(schema, types);
  for (const directive of schema.directives.values()) {
    checkName(directive.Name);
    checkArguments(schema, directive.Arguments, directive);
  }
}

const OUTPUT_KINDS = ['SCALAR', 'OBJECT', 'INTERFACE', 'UNION', 'ENUM'];
const INPUT_KINDS = ['SCALAR', 'ENUM', 'INPUT_OBJECT'];

function checkType(schema: Schema, type: TypeDefinition): void {
  const { Kind = '', Name = '', Fields = [], Types = [], Interfaces = [] } = type;
  const location = Kind === 'INPUT_OBJECT' ? 'INPUT_FIELD_DEFINITION' : 'FIELD_DEFINITION';
  for (const field of Fields) {
    checkName(field.Name);
    findType(schema, field.Type);
    checkArguments(schema, field.Arguments);
    checkDirectives(schema, field.Directives, { location });
  }
  for (const member of Types) checkMember(schema, type, member);
  for (const implemented of Interfaces) implementationRule(schema, type, implemented);
  if (Kind === 'ENUM') checkEnum(schema, type);
  else if (Kind === 'OBJECT' || Kind === 'INTERFACE') {
    if (Fields.length === 0) throw refused(`${Kind} ${Name}: must define one or more fields.`);
    checkFieldKinds(schema, Fields, { kinds: OUTPUT_KINDS, what: () => `${Kind} ${Name}` });
  } else if (Kind === 'INPUT_OBJECT') {
    if (Fields.length === 0) {
      throw refused(`${Kind} ${Name}: must define one or more input fields.`);
    }
    const what = (field: FieldDefinition, kind: string) => `${kind} ${field.Name ?? ''}`;
    checkFieldKinds(schema, Fields, { kinds: INPUT_KINDS, what });
  }
  refuseRepeated(
    Fields.map((field) => field.Name),
    (field) => `Field ${Name}.${field} can only be defined once.`,
  );
  refuseRepeated(
    (type.EnumValues ?? []).map((value) => value.Name),
    (value) => `Enum value ${Name}.${value} can only be defined once.`,
  );
  refuseRepeated(Types, (member) => `Union type ${Name} can only include type ${member} once.`);
  if (type.BuiltIn !== true) checkName(Name);
  // Extensions are places of their own: one directive may stand at each.
  checkDirectives(schema, type.Directives, { location: Kind, mayRepeat: true });
}

function checkMember(schema: Schema, { Kind = '' }: TypeDefinition, member: string): void {
  const type = schema.types.get(member);
  if (type === undefined) throw refused(`Undefined type ${quoteGo(member)}.`);
  if (type.Kind !== 'OBJECT') throw refused(`${Kind} type ${quoteGo(member)} must be OBJECT.`);
}

const NO_ENUM_VALUES: ReadonlySet<string> = new Set(['true', 'false', 'null']);

function checkEnum(
  schema: Schema,
  { Kind = '', Name = '', EnumValues = [] }: TypeDefinition,
): void {
  if (EnumValues.length === 0) {
    throw refused(`${Kind} ${Name}: must define one or more unique enum values.`);
  }
  for (const { Name: value = '', Directives } of EnumValues) {
    if (NO_ENUM_VALUES.has(value)) throw refused(`${Kind} ${Name}: non-enum value ${value}.`);
    checkDirectives(schema, Directives, { location: 'ENUM_VALUE' });
  }
}

interface FieldKinds {
  readonly kinds: readonly string[];
  readonly what: (field: FieldDefinition, kind: string) => string;
}

function checkFieldKinds(
  schema: Schema,
  fields: readonly FieldDefinition[],
  { kinds, what }: FieldKinds,
): void {
  for (const field of fields) {
    const { Kind = '' } = findType(schema, field.Type);
    if (!kinds.includes(Kind)) {
      throw refused(`${what(field, Kind)}: field must be one of ${kinds.join(', ')}.`);
    }
  }
}

function refuseRepeated(
  names: readonly (string | undefined)[],
  explain: (name: string) => string,
): void {
  const seen = new Set<string | undefined>();
  for (const name of names) {
    if (seen.has(name)) throw refused(explain(name ?? ''));
    seen.add(name);
  }
}

function checkName(name = ''): void {
  if (name.startsWith('__')) {
    throw refused(
      `Name "${name}" must not begin with "__", which is reserved by GraphQL introspection.`,
    );
  }
}

function nameOf(type: TypeReference | null | undefined): string {
  let inner = type;
  while (isThere(inner?.Elem) && (inner.NamedType ?? '') === '') inner = inner.Elem;
  return inner?.NamedType ?? '';
}

function findType(schema: Schema, reference: TypeReference | null | undefined): TypeDefinition {
  const type = schema.types.get(nameOf(reference));
  if (type === undefined) throw refused(`Undefined type ${nameOf(reference)}.`);
  return type;
}

function checkArguments(
  schema: Schema,
  inputs: readonly FieldDefinition[] = [],
  within?: DirectiveDefinition,
): void {
  for (const { Name = '', Type, Directives } of inputs) {
    checkName(Name);
    const { Kind = '' } = findType(schema, Type);
    if (!INPUT_KINDS.includes(Kind)) {
      throw refused(
        `cannot use ${writeType(Type)} as argument ${Name} because ${Kind} is not a valid input type`,
      );
    }
    checkDirectives(schema, Directives, { location: 'ARGUMENT_DEFINITION', within });
  }
}

interface DirectivePlace {
  readonly location: string;
  readonly within?: DirectiveDefinition | undefined;
  readonly mayRepeat?: boolean;
}

function checkDirectives(
  schema: Schema,
  directives: readonly DirectiveNode[] = [],
  { location, within, mayRepeat = false }: DirectivePlace,
): void {
  const seen = new Set<string>();
  for (const directive of directives) {
    const { Name = '' } = directive;
    checkName(Name);
    if (within?.Name === Name) throw refused(`Directive ${Name} cannot refer to itself.`);
    const definition = schema.directives.get(Name);
    if (definition === undefined) throw refused(`Undefined directive ${Name}.`);
    if (!mayRepeat && seen.has(Name) && definition.IsRepeatable !== true) {
      throw refused(`The directive ${Name} can only be used once at this location.`);
    }
    seen.add(Name);
    if (!(definition.Locations ?? []).includes(location)) {
      throw refused(`Directive ${Name} is not applicable on ${location}.`);
    }
    checkDirectiveArguments(directive, definition);
  }
}

function checkDirectiveArguments(
  { Name = '', Arguments = [] }: DirectiveNode,
  { Arguments: wanted = [] }: DirectiveDefinition,
): void {
  for (const { Name: given = '' } of Arguments) {
    if (!wanted.some((one) => one.Name === given)) {
      throw refused(`Undefined argument ${given} for directive ${Name}.`);
    }
  }
  for (const { Name: needed = '', Type, DefaultValue } of wanted) {
    if (Type?.NonNull !== true || isThere(DefaultValue)) continue;
    const given = Arguments.find((one) => one.Name === needed);
    if (given === undefined || given.Value?.Kind === VALUE_KINDS.null) {
      throw refused(`Argument ${needed} for directive ${Name} cannot be null.`);
    }
  }
}

/** An input that needs itself could never be given. */
function checkCircularInputs(schema: Schema, types: readonly TypeDefinition[]): void {
  const checked = new Set<string>();
  const path: { readonly type: string; readonly field: string }[] = [];
  const visit = ({ Name = '', Fields = [] }: TypeDefinition): void => {
    if (checked.has(Name)) return;
    for (const { Name: field = '', Type } of Fields) {
      const needed = Type?.NonNull === true ? schema.types.get(Type.NamedType ?? '') : undefined;
      if (needed?.Kind !== 'INPUT_OBJECT') continue;
      path.push({ type: Name, field });
      const start = path.findIndex(({ type }) => type === needed.Name);
      if (start !== -1) {
        const fields = path.slice(start).map((step) => step.field);
        throw refused(
          `Cannot reference Input Object ${quoteGo(needed.Name ?? '')} within itself through a series of non-null fields: ${quoteGo(fields.join('.'))}.`,
        );
      }
      visit(needed);
      path.pop();
    }
    checked.add(Name);
  };
  for (const type of types) if (type.Kind === 'INPUT_OBJECT') visit(type);
}
