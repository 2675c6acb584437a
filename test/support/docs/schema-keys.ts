/** The keys of a JSON Schema, as rows of a table: path, type, default, meaning. */
import { z } from 'zod';

const schemaNode = z.object({
  type: z
    .union([z.string(), z.array(z.string()).transform((types) => types.join(' or '))])
    .optional(),
  description: z.string().optional(),
  default: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  const: z.unknown().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  required: z.array(z.string()).optional(),
  get properties() {
    return z.record(z.string(), schemaNode).optional();
  },
  get items() {
    return schemaNode.optional();
  },
  get oneOf() {
    return z.array(schemaNode).optional();
  },
  get anyOf() {
    return z.array(schemaNode).optional();
  },
  /** `false` closes an object. */
  get additionalProperties() {
    return z.union([z.literal(false).transform(() => undefined), schemaNode]).optional();
  },
});

type Schema = z.output<typeof schemaNode>;

/** One key. */
export interface SchemaKey {
  /** Dots between keys, `[]` after a list, `NAME` for a key that the user chooses: `policies.settings.NAME.mode`. */
  readonly path: string;
  /** In words: `string`, `list of objects`, `integer, 1 to 64`. */
  readonly type: string;
  readonly required: boolean;
  /** As JSON; `undefined` where there is none. */
  readonly default: string | undefined;
  readonly meaning: string;
  /** The `type` of the alternative that the key belongs to, where a list has members of several types. */
  readonly alternative?: string;
}

/** Every key of the schema, sections before what is in them. */
export function listSchemaKeys(schema: z.ZodType): readonly SchemaKey[] {
  return [...walkObject(schemaNode.parse(z.toJSONSchema(schema, { io: 'input' })), '', undefined)];
}

function* walkObject(
  schema: Schema,
  prefix: string,
  alternative: string | undefined,
): Generator<SchemaKey> {
  for (const [key, value] of Object.entries(schema.properties ?? {})) {
    const path = prefix === '' ? key : `${prefix}.${key}`;
    yield {
      path,
      type: describeType(value),
      required: schema.required?.includes(key) ?? false,
      default: formatDefault(value),
      meaning: value.description ?? '',
      ...(alternative === undefined ? {} : { alternative }),
    };
    yield* walkValue(value, path, alternative);
  }
}

function* walkValue(
  schema: Schema,
  path: string,
  alternative: string | undefined,
): Generator<SchemaKey> {
  if (isSecretReference(schema)) return;
  yield* walkObject(schema, path, alternative);
  const item = schema.items;
  if (item !== undefined) {
    const types = item.oneOf;
    if (types === undefined) yield* walkValue(item, `${path}[]`, alternative);
    for (const type of types ?? []) yield* walkObject(type, `${path}[]`, typeName(type));
  }
  const value = schema.additionalProperties;
  if (value !== undefined) yield* walkValue(value, `${path}.NAME`, alternative);
}

/** The constant under `type`: what tells the alternatives of a list apart. */
function typeName(schema: Schema): string {
  return String(schema.properties?.['type']?.const);
}

function describeType(schema: Schema): string {
  if (isSecretReference(schema)) return 'secret reference';
  if (schema.enum !== undefined) return schema.enum.map(formatJson).join(', ');
  if (schema.const !== undefined) return formatJson(schema.const);
  if (schema.anyOf !== undefined) return schema.anyOf.map(describeType).join(' or ');
  if (schema.type === 'array') return `list of ${describeItem(schema.items)}`;
  if (schema.type === 'integer' || schema.type === 'number') return describeNumber(schema);
  const value = schema.additionalProperties;
  if (schema.type === 'object' && value !== undefined) return `map to ${describeItem(value)}`;
  return schema.type ?? 'any value';
}

function describeItem(schema: Schema | undefined): string {
  if (schema === undefined) return 'any value';
  if (schema.oneOf !== undefined) return 'objects';
  if (schema.enum !== undefined) return schema.enum.map(formatJson).join(', ');
  const type = describeType(schema);
  return /^(?:object|string|integer|number)$/u.test(type) ? `${type}s` : type;
}

// An integer without bounds of its own has those of JavaScript, which tell a reader nothing.
function describeNumber({ type = 'number', minimum, maximum }: Schema): string {
  const min = minimum === Number.MIN_SAFE_INTEGER ? undefined : minimum;
  const max = maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum;
  if (min !== undefined && max !== undefined) return `${type}, ${min} to ${max}`;
  if (min !== undefined) return `${type}, at least ${min}`;
  return max === undefined ? type : `${type}, at most ${max}`;
}

function formatDefault(schema: Schema): string | undefined {
  const value: unknown = schema.default;
  if (value === undefined || schema.type === 'object') return undefined;
  return formatJson(value);
}

function formatJson(value: unknown): string {
  return JSON.stringify(value, undefined, 1)
    .replaceAll(/\s*\n\s*/gu, ' ')
    .replaceAll(/^\[ | \]$/gu, (end) => end.trim());
}

function isSecretReference(schema: Schema): boolean {
  return Object.keys(schema.properties ?? {}).join() === 'file,env';
}
