/** The schema language of CustomResourceDefinitions, as far as it decides something. Source: apiextensions/v1 JSONSchemaProps. */
import { z } from 'zod';

/** One node of a schema. Keywords that decide nothing (description, example, list types) are carried and not read. */
export interface Schema {
  readonly type?: string | undefined;
  readonly properties?: Readonly<Record<string, Schema>> | undefined;
  readonly required?: readonly string[] | undefined;
  readonly items?: Schema | undefined;
  readonly additionalProperties?: boolean | Schema | undefined;
  readonly enum?: readonly unknown[] | undefined;
  readonly pattern?: string | undefined;
  readonly minLength?: number | undefined;
  readonly maxLength?: number | undefined;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  readonly exclusiveMinimum?: boolean | undefined;
  readonly exclusiveMaximum?: boolean | undefined;
  readonly multipleOf?: number | undefined;
  readonly minItems?: number | undefined;
  readonly maxItems?: number | undefined;
  readonly uniqueItems?: boolean | undefined;
  readonly minProperties?: number | undefined;
  readonly maxProperties?: number | undefined;
  readonly allOf?: readonly Schema[] | undefined;
  readonly anyOf?: readonly Schema[] | undefined;
  readonly oneOf?: readonly Schema[] | undefined;
  readonly not?: Schema | undefined;
  readonly nullable?: boolean | undefined;
  readonly default?: unknown;
  readonly 'x-kubernetes-int-or-string'?: boolean | undefined;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean | undefined;
}

const count = z.int().min(0).optional();
const many = z.lazy(() => z.array(structuralSchema).optional());

/** Parses a schema as a template declares it. */
export const structuralSchema: z.ZodType<Schema> = z.lazy(() =>
  z.looseObject({
    type: z.string().optional(),
    properties: z.record(z.string(), structuralSchema).optional(),
    required: z.array(z.string()).optional(),
    items: structuralSchema.optional(),
    additionalProperties: z.union([z.boolean(), structuralSchema]).optional(),
    enum: z.array(z.unknown()).optional(),
    pattern: z.string().optional(),
    minLength: count,
    maxLength: count,
    minimum: z.number().optional(),
    maximum: z.number().optional(),
    exclusiveMinimum: z.boolean().optional(),
    exclusiveMaximum: z.boolean().optional(),
    multipleOf: z.number().positive().optional(),
    minItems: count,
    maxItems: count,
    uniqueItems: z.boolean().optional(),
    minProperties: count,
    maxProperties: count,
    allOf: many,
    anyOf: many,
    oneOf: many,
    not: structuralSchema.optional(),
    nullable: z.boolean().optional(),
    'x-kubernetes-int-or-string': z.boolean().optional(),
    'x-kubernetes-preserve-unknown-fields': z.boolean().optional(),
  }),
);

/**
 * The schema of a template with `legacySchema`, whose fields need no type: what it does not describe is kept.
 * Source: Gatekeeper's constraint framework, AddPreserveUnknownFields.
 */
export function withUnknownFields(schema: Schema): Schema {
  const { type, items, properties, additionalProperties } = schema;
  const isArray = type === 'array';
  const keepsUnknown = type === undefined || type === '' || type === 'object';
  const kept = items === undefined && isArray ? {} : items;
  return {
    ...schema,
    ...(keepsUnknown && { 'x-kubernetes-preserve-unknown-fields': true }),
    ...(kept !== undefined && { items: withUnknownFields(kept) }),
    ...(properties !== undefined && { properties: mapSchemas(properties) }),
    ...(typeof additionalProperties === 'object' && {
      additionalProperties: withUnknownFields(additionalProperties),
    }),
  };
}

function mapSchemas(schemas: Readonly<Record<string, Schema>>): Readonly<Record<string, Schema>> {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [name, withUnknownFields(schema)]),
  );
}

/** The places of a schema that lack what a structural schema needs: a type, or that anything is kept there. */
export function findUntypedPlaces(schema: Schema, path: string): readonly string[] {
  const isTyped =
    (schema.type !== undefined && schema.type !== '') ||
    schema['x-kubernetes-preserve-unknown-fields'] === true ||
    schema['x-kubernetes-int-or-string'] === true;
  const { items, properties = {}, additionalProperties } = schema;
  return [
    ...(isTyped ? [] : [path]),
    ...(items === undefined ? [] : findUntypedPlaces(items, `${path}.items`)),
    ...Object.entries(properties).flatMap(([name, property]) =>
      findUntypedPlaces(property, `${path}.properties.${name}`),
    ),
    ...(typeof additionalProperties === 'object'
      ? findUntypedPlaces(additionalProperties, `${path}.additionalProperties`)
      : []),
  ];
}
