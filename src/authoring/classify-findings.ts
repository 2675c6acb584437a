/**
 * Whether every finding of a policy comes out when its conditions hold.
 *
 * In Rego an undefined part makes the whole finding undefined, and nothing is denied. So a finding is an object that is
 * written out, with a code; its texts are constants or templates (`$"…{part}…"`, which print `<undefined>`); and its details
 * read only what the conditions have read.
 */
import { definitionsOf, type Defined } from './definitions-of.ts';
import type { PolicyModule } from './parse-policy-module.ts';
import {
  declaredNames,
  readCall,
  readItems,
  readObject,
  readReference,
  readTerm,
  textOf,
  type Expression,
  type Term,
} from './rule-tree.ts';
import type { SourceProblem } from './source-problem.ts';

const FINDING_RULES: ReadonlySet<string> = new Set(['deny', 'warn', 'audit']);
const TEXTS = ['code', 'message', 'remedy', 'path'] as const;
/** Rules that name each other in a circle are refused by OPA; what is nested deeper than this is refused here. */
const DEPTH_MAX = 16;

interface Scope {
  readonly module: PolicyModule;
  readonly modules: readonly PolicyModule[];
  /** What holds where the term stands. */
  readonly conditions: readonly Expression[];
  readonly depth: number;
}

interface Found {
  readonly scope: Scope;
  readonly object: Term;
}

/** Each problem with its place and its remedy. */
export function classifyFindings(
  module: PolicyModule,
  libraries: readonly PolicyModule[],
): readonly SourceProblem[] {
  const modules = [module, ...libraries];
  const rules = module.definitions.filter(({ name }) => FINDING_RULES.has(name));
  return rules.flatMap(({ name, key, row, branches }) => {
    const conditions = branches.flatMap((branch) => branch.conditions);
    // Another check has its own words for a rule that collects nothing.
    if (key === undefined) return [];
    const found = findObjects(key, { module, modules, conditions, depth: 0 });
    if (found === undefined) {
      return [
        {
          file: module.file,
          row,
          code: 'finding_unchecked',
          text: `what "${name}" collects cannot be checked`,
          remedy: `write it out: "${name} contains {"code": …, "message": …} if …"`,
        },
      ];
    }
    return found.flatMap((finding) => checkFinding(finding, name));
  });
}

/** The objects that a term can be; `undefined` where one of them is made by something else than writing it out. */
function findObjects(term: Term, scope: Scope): readonly Found[] | undefined {
  if (term.type === 'object') return [{ scope, object: term }];
  // The check of the rule's head has its own words for these.
  if (['string', 'number', 'boolean', 'null', 'array', 'set'].includes(term.type)) return [];
  if (scope.depth > DEPTH_MAX) return undefined;
  const deeper = { ...scope, depth: scope.depth + 1 };
  const local = assignedTo(term, scope);
  if (local !== undefined) return findObjects(local, deeper);
  const defined = definitionsOf(readReference(term).map(textOf), scope);
  if (defined.length === 0) return undefined;
  const found: Found[] = [];
  for (const { module, definition } of defined) {
    for (const { value, conditions } of definition.branches) {
      const objects = value && findObjects(value, { ...deeper, module, conditions });
      if (objects === undefined) return undefined;
      found.push(...objects);
    }
  }
  return found;
}

/** A finding that is written out, and the members of it that are. */
export interface WrittenFinding {
  readonly rule: string;
  readonly file: string;
  readonly row: number;
  readonly members: ReadonlyMap<string, Term>;
  /** What each of its texts can be: itself, or the values of the rule that it is. */
  readonly texts: ReadonlyMap<string, readonly Term[]>;
}

/** Each finding that the rules of a policy collect, as far as it is written out. */
export function listFindings(
  module: PolicyModule,
  libraries: readonly PolicyModule[],
): readonly WrittenFinding[] {
  const modules = [module, ...libraries];
  const rules = module.definitions.filter(({ name }) => FINDING_RULES.has(name));
  return rules.flatMap(({ name, key, branches }) => {
    const conditions = branches.flatMap((branch) => branch.conditions);
    const found = key && findObjects(key, { module, modules, conditions, depth: 0 });
    return (found ?? []).map(({ object, scope }) => {
      const members = membersOf(object);
      const texts = TEXTS.flatMap((text) => {
        const term = members.get(text);
        return term === undefined ? [] : [[text, listTexts(term, scope)] as const];
      });
      const { file } = scope.module;
      return { rule: name, file, row: object.location.row, members, texts: new Map(texts) };
    });
  });
}

function listTexts(term: Term, scope: Scope): readonly Term[] {
  if (scope.depth > DEPTH_MAX) return [term];
  const values = definitionsOf(readReference(term).map(textOf), scope).flatMap(
    ({ module, definition }) =>
      definition.branches.flatMap(({ value, conditions }) => {
        const deeper = { ...scope, module, conditions, depth: scope.depth + 1 };
        return value === undefined ? [] : listTexts(value, deeper);
      }),
  );
  return values.length === 0 ? [term] : values;
}

function membersOf(object: Term): ReadonlyMap<string, Term> {
  return new Map(readObject(object).map(([key, value]) => [textOf(key), value]));
}

function checkFinding({ object, scope }: Found, rule: string): readonly SourceProblem[] {
  const entries = membersOf(object);
  const at = (term: Term) => ({ file: scope.module.file, row: term.location.row });
  const missing = ['code', 'message'].filter((key) => !entries.has(key));
  const unsafe = TEXTS.flatMap((key): readonly SourceProblem[] => {
    const value = entries.get(key);
    if (value === undefined) return [];
    const collecting = findCollecting(value, scope);
    if (collecting !== undefined) {
      return [
        {
          ...at(value),
          code: 'finding_type',
          text: `the "${key}" of "${rule}" is the rule "${describe(collecting)}", which collects values, wanted one text`,
          remedy: 'give the rule one value with ":="',
        },
      ];
    }
    const reason = whyUnsafe(value, scope);
    if (reason === undefined) return [];
    return [
      {
        ...at(value),
        code: 'finding_undefinable' as const,
        text: `the "${key}" of "${rule}" ${reason}, and without it nothing is found`,
        remedy: 'write $"…{part}…", which prints what is undefined as <undefined>',
      },
    ];
  });
  const details = entries.get('details');
  const unread = details === undefined ? [] : findUndefinable(details, scope);
  return [
    ...missing.map((key) => ({
      ...at(object),
      code: 'finding_incomplete' as const,
      text: `what "${rule}" collects has no "${key}"`,
    })),
    ...unsafe,
    ...unread.map((term) => ({
      ...at(term),
      code: 'finding_undefinable' as const,
      text: `the "details" of "${rule}" read "${describe(term)}", which may be undefined, and then nothing is found`,
      remedy: 'make it a condition of the rule',
    })),
  ];
}

/** The rule that a text is, or stands for, and that is a set or an object: what it gives is no text, and no verdict. */
function findCollecting(term: Term, scope: Scope): Term | undefined {
  if (scope.depth > DEPTH_MAX) return undefined;
  const deeper = { ...scope, depth: scope.depth + 1 };
  const local = assignedTo(term, scope);
  if (local !== undefined) return findCollecting(local, deeper);
  for (const { module, definition } of definitionsOf(readReference(term).map(textOf), scope)) {
    if (definition.isPartial) return term;
    for (const { value, conditions } of definition.branches) {
      const found = value && findCollecting(value, { ...deeper, module, conditions });
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** Why a text may be undefined; `undefined` for one that never is. */
function whyUnsafe(term: Term, scope: Scope): string | undefined {
  if (term.type === 'string' || term.type === 'templatestring') return undefined;
  const operator = readCall(term)?.operator.join('.');
  if (operator !== undefined) return `is built by "${operator}", which may be undefined`;
  const local = assignedTo(term, scope);
  if (local !== undefined) return whyUnsafe(local, scope);
  // What a condition goes through is there whenever the condition holds.
  if (isIterated(term, scope)) return undefined;
  const defined = definitionsOf(readReference(term).map(textOf), scope);
  if (defined.length === 0) return `is "${describe(term)}", which may be undefined`;
  return whyRuleUnsafe(term, defined, scope);
}

/** A rule serves as a text where each of its values is one, and where one of them needs no condition. */
function whyRuleUnsafe(term: Term, defined: readonly Defined[], scope: Scope): string | undefined {
  if (scope.depth > DEPTH_MAX) return 'is nested too deeply to be checked';
  const isTotal = defined.some(({ definition: { branches, isDefault } }) => {
    return isDefault || branches.at(-1)?.conditions.length === 0;
  });
  if (!isTotal) {
    return `is the rule "${describe(term)}", which may be undefined: none of its values is without a condition`;
  }
  for (const { module, definition } of defined) {
    for (const { value, conditions } of definition.branches) {
      const inner = { ...scope, module, conditions, depth: scope.depth + 1 };
      const reason = value && whyUnsafe(value, inner);
      if (reason !== undefined) return `is the rule "${describe(term)}", which ${reason}`;
    }
  }
  return undefined;
}

/** The references of a term that none of the conditions reads. A comprehension is never undefined: it is empty. */
function findUndefinable(term: Term, scope: Scope): readonly Term[] {
  if (term.type.endsWith('comprehension') || term.type === 'templatestring') return [];
  if (term.type === 'object') {
    return readObject(term).flatMap(([, value]) => findUndefinable(value, scope));
  }
  const call = readCall(term);
  if (call) return call.operands.flatMap((operand) => findUndefinable(operand, scope));
  if (term.type !== 'ref' && term.type !== 'var') {
    return readItems(term).flatMap((item) => findUndefinable(item, scope));
  }
  if (isIterated(term, scope) || whyUnsafe(term, scope) === undefined) return [];
  const wanted = describe(term);
  const read = scope.conditions.filter(({ negated }) => negated !== true);
  return read.some((condition) => mentions(condition, wanted)) ? [] : [term];
}

function mentions(node: unknown, wanted: string): boolean {
  if (Array.isArray(node)) return node.some((item) => mentions(item, wanted));
  if (typeof node !== 'object' || node === null) return false;
  const term = readTerm(node);
  if (term?.type === 'ref' || term?.type === 'var') {
    const found = describe(term);
    if (found === wanted || found.startsWith(`${wanted}.`)) return true;
  }
  return Object.values(node).some((item) => mentions(item, wanted));
}

/** What a local variable was assigned in the conditions: `finding := {…}`. */
function assignedTo(term: Term, { conditions }: Scope): Term | undefined {
  if (term.type !== 'var') return undefined;
  for (const condition of conditions) {
    const call = readCall(condition);
    const [target, value] = call?.operands ?? [];
    if (call?.operator.join('.') === 'assign' && target?.type === 'var') {
      if (textOf(target) === textOf(term)) return value;
    }
  }
  return undefined;
}

function isIterated(term: Term, { conditions }: Scope): boolean {
  const name = term.type === 'var' ? textOf(term) : undefined;
  return conditions.some((condition) => declaredNames(condition).some((of) => textOf(of) === name));
}

function describe(term: Term): string {
  const terms = readReference(term);
  return terms.length === 0 ? `a ${term.type}` : terms.map(textOf).join('.');
}
