/**
 * What is wrong with a constraint by its schema, as the API server would say when it is created, and which of its fields the schema does
 * not know. Source: apiextensions-apiserver, pkg/apiserver/validation and pkg/apiserver/schema/pruning.
 */
import { isDeepStrictEqual } from 'node:util';
import { isRecord } from '../../base/is-record.ts';
import { matchGoPattern } from './match-go-pattern.ts';
import type { Schema } from './structural-schema.ts';

/** The problems of a value, one sentence each. */
export function findSchemaProblems(
  schema: Schema,
  value: unknown,
  path: string,
): readonly string[] {
  if (value === null) {
    const isAllowed = schema.nullable === true || schema.type === undefined || schema.type === '';
    return isAllowed ? [] : [`${path}: is null, and must be of type ${schema.type}`];
  }
  return CHECKS.flatMap((check) => check(schema, value, path));
}

/** The fields that the schema neither knows nor keeps. */
export function findUnknownFields(schema: Schema, value: unknown, path: string): readonly string[] {
  if (Array.isArray(value)) {
    const { items } = schema;
    if (items === undefined) return [];
    return value.flatMap((item, index) => findUnknownFields(items, item, `${path}[${index}]`));
  }
  if (!isRecord(value) || schema['x-kubernetes-int-or-string'] === true) return [];
  const { properties = {}, additionalProperties } = schema;
  const keeps = schema['x-kubernetes-preserve-unknown-fields'] === true;
  return Object.entries(value).flatMap(([name, member]) => {
    const place = `${path}.${name}`;
    const known = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (known !== undefined) return findUnknownFields(known, member, place);
    if (typeof additionalProperties === 'object') {
      return findUnknownFields(additionalProperties, member, place);
    }
    return keeps || additionalProperties === true ? [] : [place];
  });
}

function checkType(schema: Schema, value: unknown, path: string): readonly string[] {
  if (schema['x-kubernetes-int-or-string'] === true) {
    const fits = typeof value === 'string' || Number.isInteger(value);
    return fits ? [] : [`${path}: must be an integer or a text`];
  }
  const { type } = schema;
  if (type === undefined || type === '' || hasType(type, value)) return [];
  return [`${path}: must be of type ${type}`];
}

function hasType(type: string, value: unknown): boolean {
  switch (type) {
    case 'object':
      return isRecord(value);
    case 'array':
      return Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}

function checkEnum(schema: Schema, value: unknown, path: string): readonly string[] {
  const allowed = schema.enum;
  if (allowed === undefined || allowed.some((one) => isDeepStrictEqual(one, value))) return [];
  return [`${path}: must be one of ${JSON.stringify(allowed)}`];
}

function checkText(
  { minLength, maxLength, pattern }: Schema,
  value: unknown,
  path: string,
): readonly string[] {
  if (typeof value !== 'string') return [];
  const chars = Array.from(value).length;
  return [
    ...atLeast(chars, minLength, `${path}: must have at least ${minLength} characters`),
    ...atMost(chars, maxLength, `${path}: must have at most ${maxLength} characters`),
    ...(pattern === undefined || matchGoPattern(pattern)(value)
      ? []
      : [`${path}: must match "${pattern}"`]),
  ];
}

function checkNumber(schema: Schema, value: unknown, path: string): readonly string[] {
  if (typeof value !== 'number') return [];
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  const isBelow = minimum !== undefined && exclusiveMinimum === true && value === minimum;
  const isAbove = maximum !== undefined && exclusiveMaximum === true && value === maximum;
  return [
    ...atLeast(value, minimum, `${path}: must be at least ${minimum}`),
    ...atMost(value, maximum, `${path}: must be at most ${maximum}`),
    ...(isBelow ? [`${path}: must be more than ${minimum}`] : []),
    ...(isAbove ? [`${path}: must be less than ${maximum}`] : []),
    ...(multipleOf === undefined || Number.isInteger(value / multipleOf)
      ? []
      : [`${path}: must be a multiple of ${multipleOf}`]),
  ];
}

function checkList(
  { items, minItems, maxItems, uniqueItems }: Schema,
  value: unknown,
  path: string,
): readonly string[] {
  if (!Array.isArray(value)) return [];
  const isRepeated =
    uniqueItems === true &&
    value.some((item, at) => value.slice(0, at).some((one) => isDeepStrictEqual(one, item)));
  return [
    ...atLeast(value.length, minItems, `${path}: must have at least ${minItems} items`),
    ...atMost(value.length, maxItems, `${path}: must have at most ${maxItems} items`),
    ...(isRepeated ? [`${path}: must not repeat an item`] : []),
    ...(items === undefined
      ? []
      : value.flatMap((item, index) => findSchemaProblems(items, item, `${path}[${index}]`))),
  ];
}

function checkObject(schema: Schema, value: unknown, path: string): readonly string[] {
  if (!isRecord(value)) return [];
  const { properties = {}, required = [], additionalProperties } = schema;
  const { minProperties, maxProperties } = schema;
  const fields = Object.entries(value);
  return [
    ...required
      .filter((name) => !Object.hasOwn(value, name))
      .map((name) => `${path}.${name}: is required`),
    ...atLeast(fields.length, minProperties, `${path}: must have at least ${minProperties} fields`),
    ...atMost(fields.length, maxProperties, `${path}: must have at most ${maxProperties} fields`),
    ...fields.flatMap(([name, member]) => {
      const known = Object.hasOwn(properties, name) ? properties[name] : undefined;
      const other = typeof additionalProperties === 'object' ? additionalProperties : undefined;
      const described = known ?? other;
      return described === undefined
        ? []
        : findSchemaProblems(described, member, `${path}.${name}`);
    }),
  ];
}

function checkCombination(
  { allOf = [], anyOf, oneOf, not }: Schema,
  value: unknown,
  path: string,
): readonly string[] {
  const fits = (schema: Schema): boolean => findSchemaProblems(schema, value, path).length === 0;
  return [
    ...allOf.flatMap((schema) => findSchemaProblems(schema, value, path)),
    ...(anyOf === undefined || anyOf.some(fits) ? [] : [`${path}: fits no schema of anyOf`]),
    ...(oneOf === undefined || oneOf.filter(fits).length === 1
      ? []
      : [`${path}: must fit exactly one schema of oneOf`]),
    ...(not === undefined || !fits(not) ? [] : [`${path}: must not fit the schema of not`]),
  ];
}

const CHECKS = [
  checkType,
  checkEnum,
  checkText,
  checkNumber,
  checkList,
  checkObject,
  checkCombination,
];

function atLeast(value: number, minimum: number | undefined, problem: string): readonly string[] {
  return minimum === undefined || value >= minimum ? [] : [problem];
}

function atMost(value: number, maximum: number | undefined, problem: string): readonly string[] {
  return maximum === undefined || value <= maximum ? [] : [problem];
}
