/**
 * The JSON Schema of what a policy reads (`input`), from the TypeScript types of the request and of the facts.
 *
 * `opa check --schema` reads it: a member that is not there is a compile error. OPA knows less than JSON Schema: it takes
 * objects with members as closed, an alternative with null as anything, and of several types of one value the first that it
 * knows. So what may be null has both types, and null second; other alternatives stand in `anyOf`.
 * Source: OPA documentation, "Type Checking"; OPA, v1/ast/compile.go.
 */
import { join } from 'node:path';
import { API, SymbolFlags, TypeFlags, type Checker, type Type } from 'typescript/unstable/sync';

export interface InputSchema {
  readonly $schema?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, InputSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | InputSchema;
  readonly items?: InputSchema;
  readonly anyOf?: readonly InputSchema[];
}

/** From the root of the repository. */
export const INPUT_SCHEMA_FILE = 'policies/schema/input.json';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const PROJECT = join(ROOT, 'tsconfig.input-schema.json');
const REQUEST_FILE = 'src/kubernetes/admission-request.ts';
const FACTS_FILE = 'src/admission/facts/fact.ts';

/** Objects of every kind, and the options of every operation: anything. */
const OPEN_MEMBERS: ReadonlySet<string> = new Set(['object', 'oldObject', 'options']);
/** Deeper, a type would be recursive, and no fact is. */
const DEPTH_MAX = 12;

/** Some seconds: TypeScript reads the files that the two types lie in. */
export function buildInputSchema(): InputSchema {
  const api = new API({ cwd: ROOT, fs: { readFile: readProject, fileExists: projectExists } });
  try {
    const project = api.updateSnapshot({ openProjects: [PROJECT] }).getProject(PROJECT);
    if (project === undefined) throw new Error('TypeScript opens no project for the schema');
    const describe = (file: string, name: string): InputSchema => {
      const source = project.program.getSourceFile(join(ROOT, file));
      const module = source && project.checker.getSymbolAtLocation(source);
      const exports = module === undefined ? [] : project.checker.getExportsOfModule(module);
      const symbol = exports.find((exported) => exported.name === name);
      if (symbol === undefined) throw new Error(`${file} exports no "${name}"`);
      const type = project.checker.getDeclaredTypeOfSymbol(symbol);
      return describeType(type, project.checker, 0);
    };
    return {
      $schema: 'http://json-schema.org/draft-07/schema#',
      title: 'What a policy of Holdfast reads',
      description: 'Generated from the code: run npm run docs:reference.',
      type: 'object',
      properties: {
        request: openRequest(describe(REQUEST_FILE, 'AdmissionRequest')),
        facts: describe(FACTS_FILE, 'Facts'),
        parameters: { type: 'object', description: "The policy's own parameters" },
      },
      required: ['request', 'facts', 'parameters'],
      additionalProperties: false,
    };
  } finally {
    api.close();
  }
}

function projectExists(path: string): boolean | undefined {
  return path === PROJECT ? true : undefined;
}

/** Only the two files, and what they import: the whole repository would take a minute. */
function readProject(path: string): string | undefined {
  if (path !== PROJECT) return undefined;
  const files = [REQUEST_FILE, FACTS_FILE];
  return JSON.stringify({ extends: './tsconfig.json', include: [], files });
}

/** A later API server may send members that no version of Holdfast knows. */
function openRequest(schema: InputSchema): InputSchema {
  const properties = Object.entries(schema.properties ?? {}).map(([name, member]) => {
    const description = member.description === undefined ? {} : { description: member.description };
    return [name, OPEN_MEMBERS.has(name) ? description : member];
  });
  return {
    ...schema,
    properties: Object.fromEntries(properties),
    additionalProperties: true,
  };
}

function describeType(type: Type, checker: Checker, depth: number): InputSchema {
  if (depth > DEPTH_MAX) throw new Error(`${checker.typeToString(type)} is nested too deeply`);
  const alternatives = splitUnion(type);
  const isNullable = alternatives.some(({ flags }) => (flags & TypeFlags.Null) !== 0);
  const values = alternatives.filter(
    ({ flags }) => (flags & (TypeFlags.Null | TypeFlags.Undefined)) === 0,
  );
  const schema = describeAlternatives(values, checker, depth);
  if (!isNullable) return schema;
  return schema.type === undefined
    ? { anyOf: [...(schema.anyOf ?? [schema]), { type: 'null' }] }
    : { ...schema, type: [schema.type, 'null'].flat() };
}

function splitUnion(type: Type): readonly Type[] {
  return type.isUnionType() ? (type.getTypes() ?? []) : [type];
}

function describeAlternatives(
  types: readonly Type[],
  checker: Checker,
  depth: number,
): InputSchema {
  const all = (flag: number): boolean => types.every(({ flags }) => (flags & flag) !== 0);
  if (all(TypeFlags.BooleanLike)) return { type: 'boolean' };
  if (all(TypeFlags.StringLiteral)) return { type: 'string', enum: types.map(readText).toSorted() };
  if (all(TypeFlags.StringLike)) return { type: 'string' };
  if (all(TypeFlags.NumberLike)) return { type: 'number' };
  const [first, ...others] = types;
  if (first !== undefined && others.length === 0) return describeOne(first, checker, depth);
  const described = types.map((type) => describeType(type, checker, depth + 1));
  return { anyOf: described.toSorted((a, b) => compare(JSON.stringify(a), JSON.stringify(b))) };
}

// Union types come in an order of their own.
function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function readText(type: Type): string {
  return 'value' in type ? String(type.value) : '';
}

function describeOne(type: Type, checker: Checker, depth: number): InputSchema {
  if ((type.flags & (TypeFlags.Any | TypeFlags.Unknown)) !== 0) return {};
  if (checker.isArrayLikeType(type)) {
    const [item] = checker.getIndexInfosOfType(type).map(({ valueType }) => valueType);
    if (item === undefined) throw new Error(`${checker.typeToString(type)} has no members`);
    return { type: 'array', items: describeType(item, checker, depth + 1) };
  }
  const members = checker.getPropertiesOfType(type);
  const [index] = checker.getIndexInfosOfType(type);
  if (members.length === 0 && index !== undefined) {
    return {
      type: 'object',
      additionalProperties: describeType(index.valueType, checker, depth + 1),
    };
  }
  const properties = members
    .toSorted((a, b) => compare(a.name, b.name))
    .map((symbol) => {
      const member = checker.getTypeOfSymbol(symbol);
      if (member === undefined) throw new Error(`"${symbol.name}" has no type`);
      const description = checker.getDocumentationCommentOfSymbol(symbol);
      const schema = describeType(member, checker, depth + 1);
      const described = description === '' ? schema : { description: flat(description), ...schema };
      return {
        name: symbol.name,
        isOptional: (symbol.flags & SymbolFlags.Optional) !== 0,
        described,
      };
    });
  return {
    type: 'object',
    properties: Object.fromEntries(properties.map(({ name, described }) => [name, described])),
    required: properties.filter(({ isOptional }) => !isOptional).map(({ name }) => name),
    additionalProperties: index !== undefined,
  };
}

function flat(text: string): string {
  return text.replaceAll(/\s+/gu, ' ').trim();
}
