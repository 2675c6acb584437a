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
  const { Kind = '', Fields = [] } = wanted;
  if (Kind !== 'INTERFACE') throw refused(`${quoteGo(name)} is a non interface type ${Kind}.`);
  const { Name = '', Fields: ownFields = [] } = type;
  const what = `For ${Name} to implement ${name}`;
  for (const field of Fields) {
    const own = ownFields.find((one) => one.Name === field.Name);
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
  const { Arguments: ownArguments = [] } = own;
  if (!isCovariant(schema, Type, own.Type)) {
    throw refused(`${what} the field ${Name} must have type ${writeType(Type)}.`);
  }
  for (const { Name: input = '', Type: inputType } of Arguments) {
    const same = `${what} the field ${Name} must have the same arguments but`;
    const found = ownArguments.find((one) => one.Name === input);
    if (found === undefined) throw refused(`${same} it is missing ${input}.`);
    if (!isCompatible(inputType, found.Type)) {
      throw refused(`${same} ${input} has the wrong type.`);
    }
  }
  for (const { Name: input = '', Type: inputType, DefaultValue } of ownArguments) {
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
  { Name: wanted = '', Interfaces: ancestors = [] }: TypeDefinition,
): void {
  for (const ancestor of ancestors) {
    if (Interfaces.includes(ancestor)) continue;
    throw refused(
      ancestor === Name
        ? `Type ${Name} cannot implement ${wanted} because it would create a circular reference.`
        : `Type ${Name} must implement ${ancestor} because it is implemented by ${wanted}.`,
    );
  }
}

type MaybeType = TypeReference | null | undefined;

/** Whether each value of the second type is one of the first. */
function isCovariant(schema: Schema, wanted: MaybeType, own: MaybeType): boolean {
  if (!isThere(wanted) || !isThere(own)) return false;
  if (wanted.NonNull === true && own.NonNull !== true) return false;
  const { NamedType: name = '' } = wanted;
  const { NamedType: ownName = '' } = own;
  if (name !== '') return name === ownName || schema.possibleTypes.get(name)?.has(ownName) === true;
  return isCovariant(schema, wanted.Elem, own.Elem);
}

/** Whether an argument of the second type takes what one of the first takes. */
function isCompatible(wanted: MaybeType, own: MaybeType): boolean {
  if (!isThere(wanted) || !isThere(own)) return false;
  const { NamedType: name = '' } = wanted;
  const { NamedType: ownName = '' } = own;
  if (name !== ownName) return false;
  if (isThere(wanted.Elem) && !isCompatible(wanted.Elem, own.Elem)) return false;
  return own.NonNull !== true || wanted.NonNull === true;
}
