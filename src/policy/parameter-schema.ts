/**
 * The schema of one parameter of a policy: the part of JSON Schema (draft 2020-12) that says what a setting may be. A keyword that is
 * not here is an error: a misspelt one would check nothing.
 */
import { z } from 'zod';

const TYPES = ['string', 'number', 'integer', 'boolean', 'array', 'object'] as const;

export interface ParameterSchema {
  readonly type?: (typeof TYPES)[number] | undefined;
  readonly description?: string | undefined;
  readonly enum?: readonly (string | number | boolean)[] | undefined;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  readonly minLength?: number | undefined;
  readonly maxLength?: number | undefined;
  readonly items?: ParameterSchema | undefined;
  readonly minItems?: number | undefined;
  readonly maxItems?: number | undefined;
  readonly properties?: Readonly<Record<string, ParameterSchema>> | undefined;
  readonly required?: readonly string[] | undefined;
  readonly additionalProperties?: boolean | ParameterSchema | undefined;
}

const count = z.int().min(0).optional();

/** Parses a schema as METADATA declares it. */
export const parameterSchema: z.ZodType<ParameterSchema> = z.lazy(createSchema);

/** Every keyword that a schema may have. */
export function listParameterKeywords(): readonly string[] {
  return Object.keys(createSchema().shape);
}

function createSchema() {
  return z.strictObject({
    type: z.enum(TYPES).optional(),
    description: z.string().optional(),
    enum: z
      .array(z.union([z.string(), z.number(), z.boolean()]))
      .min(1)
      .readonly()
      .optional(),
    minimum: z.number().optional(),
    maximum: z.number().optional(),
    minLength: count,
    maxLength: count,
    items: parameterSchema.optional(),
    minItems: count,
    maxItems: count,
    properties: z.record(z.string(), parameterSchema).readonly().optional(),
    required: z.array(z.string()).readonly().optional(),
    additionalProperties: z.union([z.boolean(), parameterSchema]).optional(),
  });
}
