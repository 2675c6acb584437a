/** What is wrong with the value of a parameter, by its schema or else by its default. */
import { isRecord } from '../base/is-record.ts';
import { nearestWord } from '../base/nearest-word.ts';
import type { ParameterSchema } from './parameter-schema.ts';

export interface ParameterFault {
  /** Below the parameter. */
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly remedy?: string | undefined;
}

/** Every fault; none where the value is what the schema says. */
export function findParameterFaults(
  schema: ParameterSchema,
  value: unknown,
): readonly ParameterFault[] {
  const mistyped = findWrongType(schema, value);
  if (mistyped !== undefined) return [mistyped];
  return [...findWrongChoice(schema, value), ...findWrongSize(schema, value)].concat(
    findBelow(schema, value),
  );
}

/** The schema of a parameter whose policy declares none: the kind of its default, and that texts stand in a list of texts. */
export function schemaOfDefault(value: unknown): ParameterSchema {
  if (Array.isArray(value)) {
    const isOfTexts = value.length > 0 && value.every((item) => typeof item === 'string');
    return { type: 'array', ...(isOfTexts && { items: { type: 'string' } }) };
  }
  if (isRecord(value)) return { type: 'object' };
  const type = (['string', 'number', 'boolean'] as const).find((name) => name === typeof value);
  return type === undefined ? {} : { type };
}

function findWrongType({ type }: ParameterSchema, value: unknown): ParameterFault | undefined {
  if (type === undefined || hasType(type, value)) return undefined;
  return { path: [], message: `Expected ${TYPE_NAMES[type]}, found ${describeKind(value)}` };
}

function hasType(type: NonNullable<ParameterSchema['type']>, value: unknown): boolean {
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return isRecord(value);
  return type === 'integer' ? Number.isInteger(value) : typeof value === type;
}

function findWrongChoice(schema: ParameterSchema, value: unknown): readonly ParameterFault[] {
  const choices = schema.enum;
  if (choices === undefined || choices.some((choice) => choice === value)) return [];
  const wanted = choices.map((choice) => JSON.stringify(choice)).join(', ');
  const message = `Expected ${wanted}, found ${JSON.stringify(value)}`;
  return [{ path: [], message, remedy: suggestWord(value, choices.map(String)) }];
}

function findWrongSize(schema: ParameterSchema, value: unknown): readonly ParameterFault[] {
  if (typeof value === 'number') {
    return findOutside('a number', value, { minimum: schema.minimum, maximum: schema.maximum });
  }
  if (typeof value === 'string') {
    const chars = Array.from(value).length;
    const bounds = { minimum: schema.minLength, maximum: schema.maxLength };
    return findOutside('a text with a length', chars, bounds);
  }
  if (!Array.isArray(value)) return [];
  const bounds = { minimum: schema.minItems, maximum: schema.maxItems };
  return findOutside('a list with a length', value.length, bounds);
}

function findOutside(
  what: string,
  found: number,
  { minimum = -Infinity, maximum = Infinity }: Pick<ParameterSchema, 'minimum' | 'maximum'>,
): readonly ParameterFault[] {
  const message = (bound: string, limit: number): string =>
    `Expected ${what} of at ${bound} ${limit}, found ${found}`;
  if (found < minimum) return [{ path: [], message: message('least', minimum) }];
  return found > maximum ? [{ path: [], message: message('most', maximum) }] : [];
}

function findBelow(schema: ParameterSchema, value: unknown): readonly ParameterFault[] {
  if (Array.isArray(value)) {
    const { items = {} } = schema;
    return value.flatMap((item, index) => below(index, findParameterFaults(items, item)));
  }
  if (!isRecord(value)) return [];
  const { properties = {}, required = [], additionalProperties = true } = schema;
  const missing = required
    .filter((key) => !Object.hasOwn(value, key))
    .map((key) => ({ path: [], message: `Expected the key "${key}"` }));
  const members = Object.entries(value).flatMap(([key, member]): readonly ParameterFault[] => {
    const described = Object.hasOwn(properties, key) ? properties[key] : additionalProperties;
    if (described === false) {
      const remedy = suggestWord(key, Object.keys(properties));
      return [{ path: [key], message: `Unknown key "${key}"`, remedy }];
    }
    return typeof described === 'object' ? below(key, findParameterFaults(described, member)) : [];
  });
  return [...missing, ...members];
}

function below(key: string | number, faults: readonly ParameterFault[]): readonly ParameterFault[] {
  return faults.map((fault) => ({ ...fault, path: [key, ...fault.path] }));
}

function suggestWord(value: unknown, known: readonly string[]): string | undefined {
  const nearest = typeof value === 'string' ? nearestWord(value, known) : undefined;
  return nearest === undefined ? undefined : `Did you mean "${nearest}"?`;
}

const TYPE_NAMES: Readonly<Record<NonNullable<ParameterSchema['type']>, string>> = {
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a section with keys',
};

function describeKind(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (value === null || value === undefined) return 'nothing';
  if (typeof value === 'number' && !Number.isInteger(value)) return `the number ${value}`;
  const type = (['string', 'number', 'boolean', 'object'] as const).find(
    (name) => name === typeof value,
  );
  return TYPE_NAMES[type ?? 'object'];
}
