/**
 * One-step changes of a TypeScript file that a test must notice: a guard left out, a comparison turned round, a half of a
 * condition, another name in a list. Types, messages and imports stay as they are.
 */
import { parseSync } from 'oxc-parser';

/** What stands from `start` to `end` of the text is replaced. */
export interface SourceMutant {
  /** Offset into the text, in UTF-16 code units. */
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
  /** Of the first character; the first line is 1. */
  readonly line: number;
  /** What was replaced, for people and for the table of survivors. */
  readonly original: string;
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

type Change = readonly [target: Node, replacement: string];

const COMPARISONS: Readonly<Record<string, string>> = {
  '===': '!==',
  '!==': '===',
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
};
const METHODS: Readonly<Record<string, string>> = {
  every: 'some',
  some: 'every',
  startsWith: 'endsWith',
  endsWith: 'startsWith',
};
/** Expressions that only wrap their value for the compiler. */
const WRAPPERS: ReadonlySet<string> = new Set([
  'TSAsExpression',
  'TSSatisfiesExpression',
  'TSNonNullExpression',
]);
const SKIPPED: ReadonlySet<string> = new Set([
  'ImportDeclaration',
  'ExportAllDeclaration',
  'TemplateLiteral',
  'ThrowStatement',
]);

/** All of them, in the order of the text. Throws an `Error` that names the file where it does not parse. */
export function listSourceMutants(path: string, text: string): readonly SourceMutant[] {
  const { program, errors } = parseSync(path, text);
  const [error] = errors;
  if (error !== undefined) throw new Error(`${path}: ${error.message}`);
  const changes = [...walk(program as unknown as Node, (node) => text.slice(node.start, node.end))];
  return changes
    .map(([{ start, end }, replacement]) => ({
      start,
      end,
      replacement,
      line: text.slice(0, start).split('\n').length,
      original: text.slice(start, end),
    }))
    .toSorted((one, other) => one.start - other.start || one.end - other.end);
}

/** The text with the mutant in it. */
export function applyMutant(text: string, { start, end, replacement }: SourceMutant): string {
  return text.slice(0, start) + replacement + text.slice(end);
}

type Print = (node: Node) => string;

function* walk(node: Node, print: Print): Generator<Change> {
  if (SKIPPED.has(node.type)) return;
  if (node.type.startsWith('TS') && !WRAPPERS.has(node.type)) return;
  yield* changesOf(node, print);
  for (const inner of childrenOf(node)) yield* walk(inner, print);
}

function* changesOf(node: Node, print: Print): Generator<Change> {
  switch (node.type) {
    case 'IfStatement':
      yield [child(node, 'test'), 'false'];
      yield [child(node, 'test'), 'true'];
      return;
    case 'ConditionalExpression':
      yield [node, `(${print(child(node, 'consequent'))})`];
      yield [node, `(${print(child(node, 'alternate'))})`];
      return;
    case 'LogicalExpression':
      if (node['operator'] === '??') return;
      yield [node, `(${print(child(node, 'left'))})`];
      yield [node, `(${print(child(node, 'right'))})`];
      return;
    case 'BinaryExpression':
      yield* changesOfComparison(node, print);
      return;
    case 'UnaryExpression':
      if (node['operator'] === '!') yield [node, `(${print(child(node, 'argument'))})`];
      return;
    case 'Literal':
      if (typeof node['value'] === 'boolean') yield [node, String(!node['value'])];
      return;
    case 'ArrayExpression':
      yield* changesOfList(node);
      return;
    case 'CallExpression':
      yield* changesOfCall(node, print);
      return;
    default:
  }
}

function* changesOfComparison(node: Node, print: Print): Generator<Change> {
  const turned = COMPARISONS[String(node['operator'])];
  if (turned === undefined) return;
  const [left, right] = [child(node, 'left'), child(node, 'right')];
  yield [node, `(${print(left)} ${turned} ${print(right)})`];
}

/** A name in a list of names lets something through, or keeps it out. */
function* changesOfList(node: Node): Generator<Change> {
  const elements = Array.isArray(node['elements']) ? node['elements'].filter(isNode) : [];
  for (const element of elements) {
    if (element.type === 'Literal' && typeof element['value'] === 'string') {
      yield [element, JSON.stringify(`${element['value']}~`)];
    }
  }
}

function* changesOfCall(node: Node, print: Print): Generator<Change> {
  const callee = child(node, 'callee');
  if (callee.type !== 'MemberExpression' || callee['computed'] === true) return;
  const property = child(callee, 'property');
  const name = String(property['name']);
  const other = METHODS[name];
  if (other !== undefined) yield [property, other];
  if (name === 'filter') yield [node, `(${print(child(callee, 'object'))})`];
}

function child(node: Node, field: string): Node {
  const value = node[field];
  if (!isNode(value)) throw new Error(`${node.type} has no ${field}`);
  return value;
}

function childrenOf(node: Node): readonly Node[] {
  return Object.values(node).flatMap((value) =>
    Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : [],
  );
}

function isNode(value: unknown): value is Node {
  return (
    typeof value === 'object' &&
    value !== null &&
    'type' in value &&
    typeof value.type === 'string' &&
    'start' in value
  );
}
