/**
 * What stands inside a `not` and may be undefined.
 *
 * OPA computes the operands of a negated call before the call: where one is undefined, the whole condition does not hold, although `not` reads
 * as if it did. `not input.a.b` and `not input.a.b == 1` hold where `input.a.b` is undefined; `not f(input.a.b)`, `not input.a.b in names`
 * and `not names[input.a.b]` do not, and a denial with such a condition lets pass what it is there to refuse.
 *
 * Source: OPA, v1/ast/compile.go, rewriteDynamicTerms; held to the real OPA in the tests.
 */
import { isRecord } from '../base/is-record.ts';
import { definitionsOf, type Defined } from './definitions-of.ts';
import { ITEM, type IsAlwaysGiven } from './given-members.ts';
import type { PolicyModule } from './parse-policy-module.ts';
import {
  iteratedBy,
  readCall,
  readItems,
  readObject,
  readReference,
  readTerm,
  textOf,
  type Term,
} from './rule-tree.ts';
import type { SourceProblem } from './source-problem.ts';

/** Compared as they are: where one side is undefined, the comparison is, and its negation holds. */
const COMPARISONS: ReadonlySet<string> = new Set(['equal', 'eq']);
/** Their bodies are evaluated by themselves, and an undefined part of a text is written as one. */
const COMPUTED_APART = /comprehension$|^templatestring$/u;

/** Rules that stand for each other are followed so far; a circle of them is refused by OPA. */
const DEPTH_MAX = 16;

export interface NegationOptions {
  readonly libraries: readonly PolicyModule[];
  readonly isAlwaysGiven: IsAlwaysGiven;
}

interface Scope extends NegationOptions {
  readonly module: PolicyModule;
  readonly modules: readonly PolicyModule[];
  /** What holds besides, where the negation stands. */
  readonly conditions: readonly unknown[];
}

/** Each negation that does not hold where something in it is undefined, with its place. */
export function classifyNegations(
  module: PolicyModule,
  options: NegationOptions,
): readonly SourceProblem[] {
  const modules = [module, ...options.libraries.filter((library) => library !== module)];
  return module.definitions.flatMap(({ branches }) =>
    branches.flatMap(({ conditions, value }) => {
      const scope = { ...options, module, modules, conditions: conditions.filter(isPositive) };
      return [...findNegations(conditions, scope), ...findNegations(value, scope)];
    }),
  );
}

function findNegations(node: unknown, scope: Scope): readonly SourceProblem[] {
  if (Array.isArray(node)) return node.flatMap((item) => findNegations(item, scope));
  if (!isRecord(node)) return [];
  const problems: SourceProblem[] = [];
  if (!isPositive(node)) problems.push(...checkNegation(node, scope));
  for (const [key, inner] of Object.entries(node)) {
    // A comprehension, or `every`: what stands before holds there, too.
    const body: readonly unknown[] = key === 'body' && Array.isArray(inner) ? inner : [];
    const conditions = [...scope.conditions, ...body.filter(isPositive)];
    problems.push(...findNegations(inner, { ...scope, conditions }));
  }
  return problems;
}

function isPositive(node: unknown): boolean {
  return !isRecord(node) || node['negated'] !== true;
}

function checkNegation(
  negated: Readonly<Record<string, unknown>>,
  scope: Scope,
): readonly SourceProblem[] {
  const call = readCall(negated);
  const undefinable = call === undefined ? findInside(readTerm(negated['terms']), scope) : [];
  if (call !== undefined) {
    const isCompared = COMPARISONS.has(call.operator.join('.'));
    const find = isCompared ? findInside : findUndefinable;
    undefinable.push(...call.operands.flatMap((operand) => find(operand, scope)));
  }
  return undefinable.map((term) => ({
    file: scope.module.file,
    row: term.location.row,
    code: 'negation_undefinable' as const,
    text: `where "${describe(term)}" is undefined, this "not" does not hold`,
  }));
}

/** What is computed before a term that may be undefined itself. */
function findInside(term: Term | undefined, scope: Scope): Term[] {
  if (term === undefined || term.type === 'var') return [];
  if (term.type !== 'ref') return findUndefinable(term, scope);
  return readReference(term)
    .slice(1)
    .flatMap((part) => findUndefinable(part, scope));
}

/** The references within a term that may be undefined. */
function findUndefinable(term: Term, scope: Scope): Term[] {
  if (COMPUTED_APART.test(term.type)) return [];
  if (term.type === 'object') {
    return readObject(term).flatMap((pair) => pair.flatMap((part) => findUndefinable(part, scope)));
  }
  const call = readCall(term);
  if (call !== undefined) {
    const inside = call.operands.flatMap((operand) => findUndefinable(operand, scope));
    const [defined, ...others] = definitionsOf(call.operator, scope, { isFunction: true });
    // Several definitions are most often all cases that there are.
    return defined === undefined || others.length > 0 || isTotal(defined)
      ? inside
      : [term, ...inside];
  }
  if (term.type !== 'ref' && term.type !== 'var') {
    return readItems(term).flatMap((item) => findUndefinable(item, scope));
  }
  const inside = findInside(term, scope);
  return isDefined(term, scope) ? inside : [term, ...inside];
}

function isDefined(term: Term, scope: Scope, depth = 0): boolean {
  const parts = readReference(term);
  // How long a list is, and what a table has, is most often known from elsewhere.
  if (!parts.slice(1).every(({ type }) => type === 'string')) return true;
  const names = parts.map(textOf);
  const wanted = describe(term);
  if (scope.conditions.some((condition) => mentions(condition, wanted))) return true;
  const rules = definitionsOf(names, scope);
  if (rules.length > 0) return rules.some((rule) => isTotalRule(rule, scope, depth + 1));
  const [head = '', ...rest] = names;
  if (rest.length === 0) return true;
  const path = resolve(head, scope, depth + 1);
  return path === 'unknown' || (path !== 'foreign' && scope.isAlwaysGiven([...path, ...rest]));
}

/**
 * What a name stands for below `input`. `unknown` is what the writer of a rule or the caller of a function knows; `foreign` a local variable
 * that stands for what nobody has described.
 */
function resolve(
  name: string,
  scope: Scope,
  depth: number,
): readonly string[] | 'unknown' | 'foreign' {
  const { module, conditions } = scope;
  const [root, ...path] = module.names.get(name) ?? [name];
  if (root === 'input') return path;
  if (depth > DEPTH_MAX) return 'unknown';
  if (root === 'data') {
    const [rule, ...others] = definitionsOf([name], scope);
    const [branch, ...more] = rule?.definition.branches ?? [];
    if (rule === undefined || branch?.value === undefined) return 'unknown';
    if (others.length + more.length + branch.conditions.length > 0) return 'unknown';
    return resolveTerm(branch.value, { ...scope, module: rule.module, conditions: [] }, depth);
  }
  for (const condition of conditions) {
    const call = readCall(condition);
    const [target, value] = call?.operands ?? [];
    if (call?.operator.join('.') === 'assign' && value && textOf(target) === name) {
      return resolveTerm(value, scope, depth);
    }
    const found = iteratedBy(condition, name);
    if (found !== undefined) {
      const list = resolveTerm(found, scope, depth);
      return typeof list === 'string' ? list : [...list, ITEM];
    }
  }
  return 'unknown';
}

function resolveTerm(
  term: Term,
  scope: Scope,
  depth: number,
): readonly string[] | 'unknown' | 'foreign' {
  const [head, ...rest] = readReference(term);
  if (head === undefined || !rest.every(({ type }) => type === 'string')) return 'foreign';
  const path = resolve(textOf(head), scope, depth + 1);
  return typeof path === 'string' ? path : [...path, ...rest.map(textOf)];
}

function isTotalRule(rule: Defined, scope: Scope, depth: number): boolean {
  if (rule.definition.isPartial) return true;
  if (!isTotal(rule)) return false;
  const value = rule.definition.branches.at(-1)?.value;
  if (value?.type !== 'ref' || depth > DEPTH_MAX) return true;
  return isDefined(value, { ...scope, module: rule.module, conditions: [] }, depth);
}

/** Whether it has a value without a condition, whatever it is called with. */
function isTotal({ definition: { arguments: parameters = [], branches, isDefault } }: Defined) {
  if (isDefault) return true;
  return branches.at(-1)?.conditions.length === 0 && parameters.every(({ type }) => type === 'var');
}

function mentions(node: unknown, wanted: string): boolean {
  if (Array.isArray(node)) return node.some((item) => mentions(item, wanted));
  if (typeof node !== 'object' || node === null) return false;
  const term = readTerm(node);
  if (term !== undefined && COMPUTED_APART.test(term.type)) return false;
  if (term?.type === 'ref' || term?.type === 'var') {
    const found = describe(term);
    if (found === wanted || found.startsWith(`${wanted}.`)) return true;
  }
  return isPositive(node) && Object.values(node).some((item) => mentions(item, wanted));
}

function describe(term: Term): string {
  const call = readCall(term);
  return call === undefined
    ? readReference(term).map(textOf).join('.')
    : `${call.operator.join('.')}(…)`;
}
