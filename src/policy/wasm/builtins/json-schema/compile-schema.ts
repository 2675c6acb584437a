/**
 * Reads a schema of JSON (drafts 4, 6 and 7, and what has parts of each), with the errors that OPA has. Patterns are those of
 * RE2.
 */
import { parseRational, parseInteger, type Rational } from '../../rego-number.ts';
import { RegoNumber } from '../../rego-value.ts';
import { BuiltinError, type BuiltinContext } from '../builtin.ts';
import { compilePattern, type CompiledPattern } from '../regex-engine.ts';
import {
  formatNormalized,
  isList,
  isMembers,
  type JsonMembers,
  type JsonValue,
} from './json-value.ts';
import { DEPTH_MAX, References, resolveId, tooDeep } from './references.ts';
import { emptySchema, type SchemaNode } from './schema-node.ts';

/** Reads the whole document. Throws for the first thing that is wrong. */
export function compileSchema(document: JsonValue, context: BuiltinContext): SchemaNode {
  const compiler = new SchemaCompiler(document, context);
  return compiler.compile(document);
}

const DRAFTS: ReadonlyMap<string, number> = new Map([
  ['http://json-schema.org/draft-04/schema', 4],
  ['http://json-schema.org/draft-06/schema', 6],
  ['http://json-schema.org/draft-07/schema', 7],
]);
/** A schema that names no draft may use the words of all. */
const ALL_DRAFTS = Infinity;

const TYPES: ReadonlySet<string> = new Set([
  'array',
  'boolean',
  'integer',
  'number',
  'null',
  'object',
  'string',
]);
const LISTED_TYPES = 'array boolean integer number null object string';
/** A keyword takes about a microsecond to read. */
const NODE_FUEL = 1000;

class SchemaCompiler {
  readonly #context: BuiltinContext;
  readonly #references: References;
  readonly #compiled = new Map<string, SchemaNode>();
  readonly #draft: number;
  #depth = 0;

  constructor(document: JsonValue, context: BuiltinContext) {
    this.#context = context;
    this.#references = new References(document);
    this.#draft = readDraft(document);
  }

  compile(schema: JsonValue, base = this.#references.root): SchemaNode {
    const node = emptySchema();
    this.#fill(node, schema, base);
    return node;
  }

  #fill(node: SchemaNode, schema: JsonValue, base: string): void {
    this.#context.spend?.(NODE_FUEL);
    if (this.#depth >= DEPTH_MAX) throw tooDeep();
    if (typeof schema === 'boolean' && this.#draft >= 6) {
      node.pass = schema;
      return;
    }
    if (!isMembers(schema)) throw new BuiltinError('Expected: Valid Schema, given: Invalid JSON');
    this.#depth += 1;
    new KeywordReader(node, schema, {
      base: resolveId(schema, base),
      draft: this.#draft,
      compile: (inner, own) => this.compile(inner, own),
      refer: (reference, own) => this.#refer(reference, own),
      pattern: (source) => compilePattern(source, this.#context),
    }).read();
    this.#depth -= 1;
  }

  /** What is referred to may refer to itself: it is known before it is read. */
  #refer(reference: string, base: string): SchemaNode {
    const { schema, base: own, address } = this.#references.find(reference, base);
    const known = this.#compiled.get(address);
    if (known !== undefined) return known;
    const node = emptySchema();
    this.#compiled.set(address, node);
    this.#fill(node, schema, own);
    return node;
  }
}

function readDraft(document: JsonValue): number {
  if (typeof document === 'boolean') return ALL_DRAFTS;
  if (!isMembers(document)) throw new BuiltinError('schema is invalid');
  const address = document.get('$schema');
  if (address === undefined) return ALL_DRAFTS;
  if (typeof address !== 'string') throw new BuiltinError('$schema must be of type string');
  return DRAFTS.get(address.replace(/#$/, '')) ?? ALL_DRAFTS;
}

interface Environment {
  readonly base: string;
  readonly draft: number;
  readonly compile: (schema: JsonValue, base: string) => SchemaNode;
  readonly refer: (reference: string, base: string) => SchemaNode;
  readonly pattern: (source: string) => CompiledPattern;
}

class KeywordReader {
  readonly #node: SchemaNode;
  readonly #schema: JsonMembers;
  readonly #environment: Environment;

  constructor(node: SchemaNode, schema: JsonMembers, environment: Environment) {
    this.#node = node;
    this.#schema = schema;
    this.#environment = environment;
  }

  read(): void {
    this.#readDefinitions();
    for (const key of ['title', 'description']) this.#text(key);
    const reference = this.#text('$ref');
    if (reference !== undefined) {
      this.#node.reference = this.#environment.refer(reference, this.#environment.base);
      return;
    }
    this.#readTypes();
    this.#readMembers();
    this.#readItems();
    this.#readNumbers();
    this.#readTexts();
    this.#readBounds('minProperties', 'maxProperties');
    this.#readRequired();
    this.#readBounds('minItems', 'maxItems');
    this.#readValues();
    this.#readCombinations();
  }

  #compile(schema: JsonValue): SchemaNode {
    return this.#environment.compile(schema, this.#environment.base);
  }

  /** What nobody refers to must be schemas all the same. */
  #readDefinitions(): void {
    const definitions = this.#schema.get('definitions');
    if (definitions === undefined) return;
    const schemas = isMembers(definitions) ? [...definitions.values()] : [null];
    for (const schema of schemas) {
      if (!isSchema(schema)) throw invalidType('Array Of Schemas', 'definitions');
      this.#compile(schema);
    }
  }

  #text(key: string): string | undefined {
    const value = this.#schema.get(key);
    if (value === undefined || typeof value === 'string') return value;
    throw invalidType('string', key);
  }

  #list(key: string): readonly JsonValue[] | undefined {
    const value = this.#schema.get(key);
    if (value === undefined || isList(value)) return value;
    throw new BuiltinError(`${key} must be of an array`);
  }

  #readTypes(): void {
    const value = this.#schema.get('type');
    if (value === undefined) return;
    const names = typeof value === 'string' ? [value] : isList(value) ? value : [null];
    for (const name of names) {
      if (typeof name !== 'string') throw invalidType('type', 'string/Array Of Strings');
      if (!TYPES.has(name)) {
        throw new BuiltinError(
          `has a primitive type that is NOT VALID -- given: /${name}/ Expected valid values are:[${LISTED_TYPES}]`,
        );
      }
      if (this.#node.types.includes(name)) throw new BuiltinError(`${name} type is duplicated`);
      this.#node.types.push(name);
    }
  }

  #readMembers(): void {
    const properties = this.#schema.get('properties');
    if (properties !== undefined) {
      if (!isMembers(properties)) throw new BuiltinError('Properties must be of type object');
      for (const [name, schema] of properties) {
        this.#node.properties.set(name, this.#compile(schema));
      }
    }
    this.#readRest('additionalProperties');
    const patterns = this.#schema.get('patternProperties');
    if (patterns !== undefined) {
      if (!isMembers(patterns)) throw invalidType('Valid Schema', 'patternProperties');
      for (const [source, schema] of patterns) {
        const pattern = this.#pattern(source, `Invalid regex pattern '${source}'`);
        this.#node.patternProperties.push({ pattern, schema: this.#compile(schema) });
      }
    }
    const names = this.#schema.get('propertyNames');
    if (names !== undefined && this.#environment.draft >= 6) {
      if (!isSchema(names)) throw invalidType('Valid Schema', 'patternProperties');
      this.#node.propertyNames = this.#compile(names);
    }
    this.#readDependencies();
  }

  #readRest(key: 'additionalProperties' | 'additionalItems'): void {
    const value = this.#schema.get(key);
    if (value === undefined) return;
    if (!isSchema(value)) throw invalidType('boolean/Valid Schema', key);
    this.#node[key] = typeof value === 'boolean' ? value : this.#compile(value);
  }

  #pattern(source: string, message: string): CompiledPattern {
    try {
      return this.#environment.pattern(source);
    } catch (fault) {
      if (fault instanceof BuiltinError) throw new BuiltinError(message);
      throw fault;
    }
  }

  #readDependencies(): void {
    const dependencies = this.#schema.get('dependencies');
    if (dependencies === undefined) return;
    if (!isMembers(dependencies)) throw new BuiltinError('dependencies must be of type object');
    for (const [name, value] of dependencies) {
      if (isSchema(value)) this.#node.dependencies.set(name, this.#compile(value));
      else if (isList(value) && value.every((one) => typeof one === 'string')) {
        this.#node.dependencies.set(name, value.map(String));
      } else throw new BuiltinError('Dependency must be of type Schema Or Array Of Strings');
    }
  }

  #readItems(): void {
    const items = this.#schema.get('items');
    if (items !== undefined) {
      const schemas = isList(items) ? items : [items];
      for (const schema of schemas) {
        if (!isSchema(schema)) throw invalidType('Valid Schema/Array Of Schemas', 'items');
        this.#node.items.push(this.#compile(schema));
      }
      this.#node.hasOneItemSchema = !isList(items);
    }
    this.#readRest('additionalItems');
  }

  #readNumbers(): void {
    const multiple = this.#schema.get('multipleOf');
    if (multiple !== undefined) {
      const value = readNumber(multiple);
      if (value === undefined) throw invalidType('Number', 'multipleOf');
      if (value.numerator <= 0n) {
        throw new BuiltinError('multipleOf must be strictly greater than 0');
      }
      this.#node.multipleOf = value;
    }
    this.#readLimit('minimum', 'exclusiveMinimum');
    this.#readLimit('maximum', 'exclusiveMaximum');
  }

  /** In draft 4, whether a limit is exclusive is told by a boolean. */
  #readLimit(key: 'minimum' | 'maximum', exclusive: 'exclusiveMinimum' | 'exclusiveMaximum'): void {
    const { draft } = this.#environment;
    const limit = this.#schema.get(key);
    const value = limit === undefined ? undefined : readNumber(limit);
    if (limit !== undefined && value === undefined) {
      throw new BuiltinError(`${key} must be of a Number`);
    }
    const own = this.#schema.get(exclusive);
    const isMarked = typeof own === 'boolean' && (draft === 4 || draft === ALL_DRAFTS);
    if (isMarked && value === undefined) {
      throw new BuiltinError(`${exclusive} cannot be used without ${key}`);
    }
    const isExclusive = isMarked && own;
    if (value !== undefined) this.#node[isExclusive ? exclusive : key] = value;
    if (own === undefined || isMarked) return;
    const number = draft === 4 ? undefined : readNumber(own);
    if (number === undefined) {
      const wanted = draft === 4 ? 'boolean' : draft === ALL_DRAFTS ? 'boolean/number' : 'number';
      throw invalidType(wanted, exclusive);
    }
    this.#node[exclusive] = number;
  }

  #readBounds(low: string, high: string): void {
    for (const key of [low, high]) {
      const value = this.#schema.get(key);
      if (value === undefined) continue;
      const number = value instanceof RegoNumber ? parseInteger(value.text) : undefined;
      // Go reads no whole number that is written with a point or an exponent.
      if (number === undefined || !(value instanceof RegoNumber) || !/^-?\d+$/.test(value.text)) {
        throw new BuiltinError(`${key} must be of an integer`);
      }
      if (number < 0n) throw new BuiltinError(`${key} must be greater than or equal to 0`);
      this.#node.bounds.set(key, Number(number));
    }
    const [min, max] = [this.#node.bounds.get(low), this.#node.bounds.get(high)];
    const isOrdered = low === 'minItems' || min === undefined || max === undefined || min <= max;
    if (!isOrdered) throw new BuiltinError(`${low} cannot be greater than ${high}`);
  }

  #readTexts(): void {
    this.#readBounds('minLength', 'maxLength');
    const source = this.#text('pattern');
    if (source !== undefined) {
      const compiled = this.#pattern(source, 'pattern must be a valid regex');
      this.#node.pattern = { source, compiled };
    }
    const format = this.#text('format');
    if (format !== undefined) this.#node.format = format;
  }

  #readRequired(): void {
    for (const name of this.#list('required') ?? []) {
      if (typeof name !== 'string') throw invalidType('string', 'required');
      if (this.#node.required.includes(name)) {
        throw new BuiltinError('required items must be unique');
      }
      this.#node.required.push(name);
    }
  }

  #readValues(): void {
    const unique = this.#schema.get('uniqueItems') ?? false;
    if (typeof unique !== 'boolean') throw new BuiltinError('uniqueItems must be of a boolean');
    this.#node.uniqueItems = unique;
    const isRecent = this.#environment.draft >= 6;
    const contains = this.#schema.get('contains');
    if (contains !== undefined && isRecent) this.#node.contains = this.#compile(contains);
    const constant = this.#schema.get('const');
    if (constant !== undefined && isRecent) this.#node.constant = formatNormalized(constant);
    const values = this.#list('enum')?.map(formatNormalized);
    if (values === undefined) return;
    if (new Set(values).size < values.length) throw new BuiltinError('enum items must be unique');
    this.#node.enumeration = [...values];
  }

  #readCombinations(): void {
    for (const key of ['oneOf', 'anyOf', 'allOf'] as const) {
      for (const schema of this.#list(key) ?? []) this.#node[key].push(this.#compile(schema));
    }
    const conditions = this.#environment.draft >= 7 ? (['if', 'then', 'else'] as const) : [];
    for (const key of ['not', ...conditions] as const) {
      const schema = this.#schema.get(key);
      if (schema === undefined) continue;
      if (!isSchema(schema)) throw new BuiltinError(`${key} must be of an object`);
      this.#node[key] = this.#compile(schema);
    }
  }
}

function isSchema(value: JsonValue): value is boolean | JsonMembers {
  return typeof value === 'boolean' || isMembers(value);
}

function invalidType(expected: string, given: string): BuiltinError {
  return new BuiltinError(`Invalid type. Expected: ${expected}, given: ${given}`);
}

function readNumber(value: JsonValue): Rational | undefined {
  return value instanceof RegoNumber ? parseRational(value.text) : undefined;
}
