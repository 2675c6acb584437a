/** What a type must have to implement an interface. Source: GraphQL specification, October 2021, section 3.6. */
import { quoteGo } from '../format-value.ts';
import {
  isThere,
  type FieldDefinition,
  type TypeDefinition,
  type TypeReference,
} from './document-types.ts';
import { writeType } from './document-text.ts';
import { refused, type Schema } from './schema.ts';

/** Throws if the type does not have what the interface of this name wants. */
export function implementationRule(schema: Schema, type: TypeDefinition, name: string): void {
  const wanted = schema.types.get(name);
  if (wanted === undefined) throw refused(`Undefined type ${quoteGo(name)}.`);
  if (wanted.Kind !== 'INTERFACE') {
    throw refused(`${quoteGo(name)} is a non interface type ${wanted.Kind ?? ''}.`);
  }
  const what = `For ${type.Name ?? ''} to implement ${name}`;
  for (const field of wanted.Fields ?? []) {
    const own = type.Fields?.find((one) => one.Name === field.Name);
    if (own === undefined) {
      throw refused(`${what} it must have a field called ${field.Name ?? ''}.`);
    }
    checkField(schema, { what, field, own });
  }
  checkAncestors(type, wanted);
}

interface FieldPair {
  readonly what: string;
  readonly field: FieldDefinition;
  readonly own: FieldDefinition;
}

function checkField(schema: Schema, { what, field, own }: FieldPair): void {
  const { Name = '', Type, Arguments = [] } = field;
  if (!isCovariant(schema, Type ?? {}, own.Type ?? {})) {
    throw refused(`${what} the field ${Name} must have type ${writeType(Type)}.`);
  }
  for (const { Name: input = '', Type: inputType } of Arguments) {
    const same = `${what} the field ${Name} must have the same arguments but`;
    const found = own.Arguments?.find((one) => one.Name === input);
    if (found === undefined) throw refused(`${same} it is missing ${input}.`);
    if (!isCompatible(inputType ?? {}, found.Type ?? {})) {
      throw refused(`${same} ${input} has the wrong type.`);
    }
  }
  for (const { Name: input = '', Type: inputType, DefaultValue } of own.Arguments ?? []) {
    const isOwn = !Arguments.some((one) => one.Name === input);
    if (isOwn && inputType?.NonNull === true && !isThere(DefaultValue)) {
      throw refused(
        `${what} any additional arguments on ${Name} must be optional or have a default value but ${input} is required.`,
      );
    }
  }
}

function checkAncestors(
  { Name = '', Interfaces = [] }: TypeDefinition,
  wanted: TypeDefinition,
): void {
  for (const ancestor of wanted.Interfaces ?? []) {
    if (Interfaces.includes(ancestor)) continue;
    throw refused(
      ancestor === Name
        ? `Type ${Name} cannot implement ${wanted.Name ?? ''} because it would create a circular reference.`
        : `Type ${Name} must implement ${ancestor} because it is implemented by ${wanted.Name ?? ''}.`,
    );
  }
}

/** Whether each value of the second type is one of the first. */
function isCovariant(schema: Schema, wanted: TypeReference, own: TypeReference): boolean {
  if (wanted.NonNull === true && own.NonNull !== true) return false;
  const [name = '', ownName = ''] = [wanted.NamedType, own.NamedType];
  if (name !== '') return name === ownName || schema.possibleTypes.get(name)?.has(ownName) === true;
  return isThere(wanted.Elem) && isThere(own.Elem) && isCovariant(schema, wanted.Elem, own.Elem);
}

function isCompatible(wanted: TypeReference, own: TypeReference): boolean {
  if ((wanted.NamedType ?? '') !== (own.NamedType ?? '')) return false;
  if (isThere(wanted.Elem) && (!isThere(own.Elem) || !isCompatible(wanted.Elem, own.Elem))) {
    return false;
  }
  return own.NonNull !== true || wanted.NonNull === true;
}
