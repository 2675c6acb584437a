/** Holds a value to a schema. Source: JSON Schema validation, draft 7; errors and their order are those of OPA. */
import { parseRational, type Rational } from '../../rego-number.ts';
import { RegoNumber } from '../../rego-value.ts';
import { BuiltinLimitError, type BuiltinContext } from '../builtin.ts';
import { BUILTIN_LIMITS } from '../limits.ts';
import {
  formatNormalized,
  isList,
  isMembers,
  type JsonMembers,
  type JsonValue,
} from './json-value.ts';
import { DEPTH_MAX, tooDeep } from './references.ts';
import { hasFormat } from './schema-formats.ts';
import { formatPath, ROOT_PATH, SchemaResult, type JsonPath } from './schema-error.ts';
import type { SchemaNode } from './schema-node.ts';

/** All that the value breaks. */
export function applySchema(
  schema: SchemaNode,
  value: JsonValue,
  context: BuiltinContext,
): SchemaResult {
  return new SchemaEvaluation(context).evaluate(schema, value, ROOT_PATH);
}

/** A step takes about a microsecond. */
const STEP_FUEL = 300;

class SchemaEvaluation {
  readonly #context: BuiltinContext;
  #steps = 0;
  #depth = 0;

  constructor(context: BuiltinContext) {
    this.#context = context;
  }

  evaluate(schema: SchemaNode, value: JsonValue, path: JsonPath): SchemaResult {
    const result = new SchemaResult();
    this.#apply(schema, value, { result, path });
    return result;
  }

  #apply(schema: SchemaNode, value: JsonValue, place: Place): void {
    this.#pay();
    if (this.#depth >= DEPTH_MAX) throw tooDeep();
    this.#depth += 1;
    this.#applyOne(schema, value, place);
    this.#depth -= 1;
  }

  /** Schemas that refer to each other make much of few characters. */
  #pay(): void {
    this.#context.spend?.(STEP_FUEL);
    this.#steps += 1;
    if (this.#steps > BUILTIN_LIMITS.schemaSteps) {
      throw new BuiltinLimitError(`the schema takes more than ${BUILTIN_LIMITS.schemaSteps} steps`);
    }
  }

  #applyOne(schema: SchemaNode, value: JsonValue, place: Place): void {
    const { result, path } = place;
    if (schema.pass !== undefined) {
      if (!schema.pass) result.add('false', path, 'False always fails validation');
      return;
    }
    if (schema.reference !== undefined) {
      this.#apply(schema.reference, value, place);
      return;
    }
    const given = typeOf(value);
    const isTyped = schema.types.length > 0;
    const isNumber = given === 'integer' && schema.types.includes('number');
    if (isTyped && !isNumber && !schema.types.includes(given)) {
      const [first = ''] = schema.types;
      const expected = schema.types.length === 1 ? first : `[${schema.types.join(',')}]`;
      result.add('invalid_type', path, `Invalid type. Expected: ${expected}, given: ${given}`);
      return;
    }
    this.#applyCombinations(schema, value, place);
    if (isList(value)) this.#applyToItems(schema, value, place);
    if (isMembers(value)) this.#applyToMembers(schema, value, place);
    if (value instanceof RegoNumber) applyToNumber(schema, value, place);
    applyToAny(schema, value, place);
    if (typeof value === 'string') this.#applyToText(schema, value, place);
    if (isMembers(value)) {
      for (const [name, own] of schema.properties) {
        const member = value.get(name);
        if (member !== undefined) {
          this.#apply(own, member, { result, path: { name, parent: path } });
        }
      }
    }
    result.score += 1;
  }

  #applyCombinations(schema: SchemaNode, value: JsonValue, place: Place): void {
    const { result, path } = place;
    if (schema.anyOf.length > 0) {
      const { valid, closest } = this.#try(schema.anyOf, value, { path, isFirstEnough: true });
      if (valid === 0) {
        result.add('number_any_of', path, 'Must validate at least one schema (anyOf)');
        result.merge(closest);
      }
    }
    if (schema.oneOf.length > 0) {
      const { valid, closest } = this.#try(schema.oneOf, value, { path, isFirstEnough: false });
      if (valid !== 1) {
        result.add('number_one_of', path, 'Must validate one and only one schema (oneOf)');
        if (valid === 0) result.merge(closest);
      }
    }
    const all = schema.allOf.map((one) => this.evaluate(one, value, path));
    for (const one of all) result.merge(one);
    if (all.some(({ isValid }) => !isValid)) {
      result.add('number_all_of', path, 'Must validate all the schemas (allOf)');
    }
    if (schema.not !== undefined && this.evaluate(schema.not, value, path).isValid) {
      result.add('number_not', path, 'Must not validate the schema (not)');
    }
    if (isMembers(value)) this.#applyDependencies(schema, value, place);
    this.#applyCondition(schema, value, place);
    result.score += 1;
  }

  /** How many pass, and the result of the one that comes closest. */
  #try(
    schemas: readonly SchemaNode[],
    value: JsonValue,
    { path, isFirstEnough }: { readonly path: JsonPath; readonly isFirstEnough: boolean },
  ): { readonly valid: number; readonly closest: SchemaResult | undefined } {
    let valid = 0;
    let closest: SchemaResult | undefined;
    for (const schema of schemas) {
      const result = this.evaluate(schema, value, path);
      if (result.isValid) valid += 1;
      else if (closest === undefined || result.score > closest.score) closest = result;
      if (isFirstEnough && valid > 0) break;
    }
    return { valid, closest };
  }

  #applyDependencies(schema: SchemaNode, value: JsonMembers, place: Place): void {
    for (const [name, needed] of schema.dependencies) {
      if (!value.has(name)) continue;
      if (!isNames(needed)) this.#apply(needed, value, place);
      else {
        for (const one of needed.filter((own) => !value.has(own))) {
          place.result.add('missing_dependency', place.path, `Has a dependency on ${one}`);
        }
      }
    }
  }

  #applyCondition(schema: SchemaNode, value: JsonValue, { result, path }: Place): void {
    if (schema.if === undefined) return;
    const isMet = this.evaluate(schema.if, value, path).isValid;
    const then = isMet ? schema.then : schema.else;
    const found = then && this.evaluate(then, value, path);
    if (found === undefined || found.isValid) return;
    if (isMet) result.add('condition_then', path, 'Must validate "then" as "if" was valid');
    else result.add('condition_else', path, 'Must validate "else" as "if" was not valid');
    result.merge(found);
  }

  #applyToItems(schema: SchemaNode, items: readonly JsonValue[], { result, path }: Place): void {
    const inner = (index: number): JsonPath => ({ name: String(index), parent: path });
    for (const [index, item] of items.entries()) {
      const own = schema.hasOneItemSchema ? schema.items[0] : schema.items[index];
      if (own !== undefined) result.merge(this.evaluate(own, item, inner(index)));
    }
    const listed = schema.items.length;
    if (!schema.hasOneItemSchema && listed > 0 && listed < items.length) {
      const { additionalItems: rest = true } = schema;
      if (rest === false) {
        result.add('array_no_additional_items', path, 'No additional items allowed on array');
      } else if (rest !== true) {
        for (const [index, item] of items.slice(listed).entries()) {
          result.merge(this.evaluate(rest, item, inner(listed + index)));
        }
      }
    }
    checkBound(schema, 'minItems', {
      count: items.length,
      type: 'array_min_items',
      place: { result, path },
      explain: (min) => `Array must have at least ${min} items`,
    });
    checkBound(schema, 'maxItems', {
      count: items.length,
      type: 'array_max_items',
      place: { result, path },
      explain: (max) => `Array must have at most ${max} items`,
    });
    if (schema.uniqueItems) checkUnique(items, { result, path });
    this.#applyContains(schema, items, { result, path });
    result.score += 1;
  }

  #applyContains(schema: SchemaNode, items: readonly JsonValue[], { result, path }: Place): void {
    const { contains } = schema;
    if (contains === undefined) return;
    let closest: SchemaResult | undefined;
    for (const [index, item] of items.entries()) {
      const found = this.evaluate(contains, item, { name: String(index), parent: path });
      if (found.isValid) return;
      if (closest === undefined || found.score > closest.score) closest = found;
    }
    result.add('contains', path, 'At least one of the items must match');
    result.merge(closest);
  }

  #applyToMembers(schema: SchemaNode, value: JsonMembers, { result, path }: Place): void {
    const place = { result, path };
    checkBound(schema, 'minProperties', {
      count: value.size,
      type: 'array_min_properties',
      place,
      explain: (min) => `Must have at least ${min} properties`,
    });
    checkBound(schema, 'maxProperties', {
      count: value.size,
      type: 'array_max_properties',
      place,
      explain: (max) => `Must have at most ${max} properties`,
    });
    for (const name of schema.required) {
      if (value.has(name)) result.score += 1;
      else result.add('required', path, `${name} is required`);
    }
    for (const [name, member] of value) this.#applyToMember(schema, { name, member, place });
    if (schema.propertyNames !== undefined) {
      for (const name of value.keys()) {
        const found = this.evaluate(schema.propertyNames, name, path);
        if (found.isValid) continue;
        result.add('invalid_property_name', path, `Property name of "${name}" does not match`);
        result.merge(found);
      }
    }
    result.score += 1;
  }

  #applyToMember(
    schema: SchemaNode,
    {
      name,
      member,
      place,
    }: { readonly name: string; readonly member: JsonValue; readonly place: Place },
  ): void {
    const { result, path } = place;
    const inner: JsonPath = { name, parent: path };
    const matching = schema.patternProperties.filter(({ pattern }) =>
      pattern.test(name, this.#context),
    );
    for (const one of matching) result.merge(this.evaluate(one.schema, member, inner));
    if (matching.length > 0) result.score += 1;
    if (matching.length > 0 || schema.properties.has(name)) return;
    const { additionalProperties: rest = true } = schema;
    if (rest === false) {
      result.add(
        'additional_property_not_allowed',
        path,
        `Additional property ${name} is not allowed`,
      );
    } else if (rest !== true) result.merge(this.evaluate(rest, member, inner));
  }

  #applyToText(schema: SchemaNode, text: string, place: Place): void {
    const { result, path } = place;
    const count = Array.from(text).length;
    checkBound(schema, 'minLength', {
      count,
      type: 'string_gte',
      place,
      explain: (min) => `String length must be greater than or equal to ${min}`,
    });
    checkBound(schema, 'maxLength', {
      count,
      type: 'string_lte',
      place,
      explain: (max) => `String length must be less than or equal to ${max}`,
    });
    if (schema.pattern !== undefined && !schema.pattern.compiled.test(text, this.#context)) {
      result.add('pattern', path, `Does not match pattern '${schema.pattern.source}'`);
    }
    result.score += 1;
  }
}

interface Place {
  readonly result: SchemaResult;
  readonly path: JsonPath;
}

function isNames(needed: readonly string[] | SchemaNode): needed is readonly string[] {
  return Array.isArray(needed);
}

function typeOf(value: JsonValue): string {
  if (value === null) return 'null';
  if (value instanceof RegoNumber) {
    const number = parseRational(value.text);
    const isWhole = number !== undefined && number.numerator % number.denominator === 0n;
    return isWhole ? 'integer' : 'number';
  }
  if (isList(value)) return 'array';
  return isMembers(value) ? 'object' : typeof value;
}

interface Bound {
  readonly count: number;
  readonly type: string;
  readonly place: Place;
  readonly explain: (bound: number) => string;
}

function checkBound(schema: SchemaNode, key: string, { count, type, place, explain }: Bound): void {
  const bound = schema.bounds.get(key);
  if (bound === undefined) return;
  const isKept = key.startsWith('min') ? count >= bound : count <= bound;
  if (!isKept) place.result.add(type, place.path, explain(bound));
}

function checkUnique(items: readonly JsonValue[], { result, path }: Place): void {
  const seen = new Map<string, number>();
  for (const [index, item] of items.entries()) {
    const text = formatNormalized(item);
    const first = seen.get(text);
    if (first !== undefined) {
      result.add('unique', path, `array items[${first},${index}] must be unique`);
    }
    seen.set(text, index);
  }
}

function applyToAny(schema: SchemaNode, value: JsonValue, { result, path }: Place): void {
  const { constant, enumeration, format } = schema;
  const isCompared = constant !== undefined || enumeration !== undefined;
  const text = isCompared ? formatNormalized(value) : '';
  const name = formatPath(path);
  if (constant !== undefined && text !== constant) {
    result.add('const', path, `${name} does not match: ${constant}`);
  }
  if (enumeration !== undefined && !enumeration.includes(text)) {
    result.add('enum', path, `${name} must be one of the following: ${enumeration.join(', ')}`);
  }
  if (format !== undefined && typeof value === 'string' && !hasFormat(value, format)) {
    result.add('format', path, `Does not match format '${format}'`);
  }
  result.score += 1;
}

function applyToNumber(schema: SchemaNode, { text }: RegoNumber, { result, path }: Place): void {
  const value = parseRational(text);
  const { multipleOf, minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  if (value === undefined) return;
  if (multipleOf !== undefined && !isMultiple(value, multipleOf)) {
    result.add('multiple_of', path, `Must be a multiple of ${formatNumber(multipleOf)}`);
  }
  const limits = [
    ['number_lte', maximum, 'less than or equal to', [-1, 0]],
    ['number_lt', exclusiveMaximum, 'less than', [-1]],
    ['number_gte', minimum, 'greater than or equal to', [0, 1]],
    ['number_gt', exclusiveMinimum, 'greater than', [1]],
  ] as const;
  for (const [type, limit, what, kept] of limits) {
    if (limit === undefined) continue;
    const order = compareRationals(value, limit);
    if (kept.some((one) => one === order)) continue;
    result.add(type, path, `Must be ${what} ${formatNumber(limit)}`);
  }
  result.score += 1;
}

function isMultiple(value: Rational, of: Rational): boolean {
  return (value.numerator * of.denominator) % (value.denominator * of.numerator) === 0n;
}

function compareRationals(a: Rational, b: Rational): number {
  const difference = a.numerator * b.denominator - b.numerator * a.denominator;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** With as many digits as it needs, and an exponent from six digits on, as Go prints such a number. */
function formatNumber({ numerator, denominator }: Rational): string {
  const value = Number(numerator) / Number(denominator);
  const whole = (numerator < 0n ? -numerator : numerator).toString();
  const isLong = denominator === 1n && whole.length > EXACT_DIGITS;
  const exact = `${whole.slice(0, 1)}.${whole.slice(1).replace(/0+$/, '')}e+${whole.length - 1}`;
  const [digits = '', power = '0'] = (isLong ? exact : Math.abs(value).toExponential()).split('e');
  const sign = numerator < 0n ? '-' : '';
  const exponent = Number(power);
  if (!isLong && exponent >= -4 && exponent < 6) return String(value);
  const size = String(Math.abs(exponent)).padStart(2, '0');
  return `${sign}${digits.replace(/\.$/, '')}e${exponent < 0 ? '-' : '+'}${size}`;
}

/** All whole numbers of so many digits are numbers of JavaScript. */
const EXACT_DIGITS = 15;
