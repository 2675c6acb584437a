/**
 * Parses a Rego module from OPA's syntax tree (`opa parse --format json --json-include locations`): its package,
 * imports, rules, METADATA, and the facts and rules that it references.
 */
import { z } from 'zod';

import { parseRuleDefinitions, textOf, type RuleDefinition } from './rule-tree.ts';

/** A position in a source file. */
export interface SourcePlace {
  readonly file: string;
  readonly row: number;
}

/**
 * A reference to a document: `input.facts.actor.class` is `['input', 'facts', 'actor', 'class']`, cut at the
 * first variable.
 */
export interface Mention extends SourcePlace {
  readonly path: readonly string[];
  /** The rule that contains it. */
  readonly rule: string;
}

export interface RuleHead extends SourcePlace {
  readonly name: string;
  /** `deny contains …` makes a set; `deny := …` one value. */
  readonly partialSet: boolean;
  /** The kind of term that a partial set collects: `object`, `var`, `string`… */
  readonly keyType: string | undefined;
}

export interface Annotation extends SourcePlace {
  readonly scope: string | undefined;
  readonly block: Readonly<Record<string, unknown>>;
}

export interface PolicyModule {
  readonly file: string;
  /** `data.holdfast.policies.x` as `['holdfast', 'policies', 'x']`. */
  readonly packagePath: readonly string[];
  readonly packageRow: number;
  readonly rules: readonly RuleHead[];
  readonly annotations: readonly Annotation[];
  readonly mentions: readonly Mention[];
  readonly definitions: readonly RuleDefinition[];
  /** The meaning of a reference's head: imports and the module's own rules, as paths that begin with `data`. */
  readonly names: ReadonlyMap<string, readonly string[]>;
}

const location = z.object({ row: z.number() });
const term = z.object({ type: z.string(), value: z.unknown(), location: location.optional() });
const ruleNode = z.looseObject({
  head: z.looseObject({ ref: z.array(term), key: term.optional() }),
  location,
});
const tree = z.object({
  package: z.object({ path: z.array(term), location }),
  imports: z
    .array(z.object({ path: z.object({ value: z.array(term) }), alias: z.string().optional() }))
    .default([]),
  annotations: z.array(z.looseObject({ scope: z.string().optional(), location })).default([]),
  rules: z.array(ruleNode).default([]),
});
type Term = z.infer<typeof term>;
type Rule = z.infer<typeof ruleNode>;

/** Reads OPA's JSON. Throws a ZodError if the format differs from the tested OPA version. */
export function parsePolicyModule(file: string, json: unknown): PolicyModule {
  const parsed = tree.parse(json);
  const packagePath = parsed.package.path.slice(1).map(textOf);
  const rules = parsed.rules.map((rule) => ({ rule, head: readHead(file, rule) }));
  const names = new Map<string, readonly string[]>();
  for (const { path, alias } of parsed.imports) {
    names.set(alias ?? textOf(path.value.at(-1)), path.value.map(textOf));
  }
  for (const { head } of rules) names.set(head.name, ['data', ...packagePath, head.name]);
  return {
    file,
    packagePath,
    packageRow: parsed.package.location.row,
    rules: rules.map(({ head }) => head),
    annotations: parsed.annotations.map(({ location: { row }, scope, ...block }) => {
      return { file, row, scope, block };
    }),
    mentions: rules.flatMap(({ rule, head }) =>
      findMentions(rule, { file, names, rule: head.name, row: head.row }),
    ),
    definitions: parseRuleDefinitions(parsed.rules),
    names,
  };
}

function readHead(file: string, { head, location: { row } }: Rule): RuleHead {
  return {
    file,
    row,
    name: textOf(head.ref[0]),
    partialSet: head.key !== undefined,
    keyType: head.key?.type,
  };
}

interface MentionScope {
  readonly file: string;
  readonly rule: string;
  readonly row: number;
  /** Resolves the head of a reference: imports and the module's own rules. */
  readonly names: ReadonlyMap<string, readonly string[]>;
}

function findMentions(node: unknown, scope: MentionScope): Mention[] {
  if (Array.isArray(node)) return node.flatMap((item) => findMentions(item, scope));
  if (typeof node !== 'object' || node === null) return [];
  const reference = z.object({ type: z.literal('ref'), value: z.array(term) }).safeParse(node).data;
  const call = z.object({ type: z.literal('call'), value: z.array(term) }).safeParse(node).data;
  const terms = z.object({ terms: z.array(term) }).safeParse(node).data;
  const lookup = findObjectGet(call?.value ?? terms?.terms ?? []);
  if (lookup) {
    const [base, key, ...rest] = lookup;
    return [mention([...base, ...key], scope), ...findMentions(rest, scope)];
  }
  const variable = z.object({ type: z.literal('var'), value: z.string() }).safeParse(node).data;
  if (variable) return [mention([{ type: 'var', value: variable.value }], scope)];
  const found = reference ? [mention(reference.value, scope)] : [];
  const inner = reference ? reference.value.slice(1) : Object.values(node);
  return [...found, ...findMentions(inner, scope)];
}

/**
 * `object.get(input.facts, "actor", …)` and `object.get(input, ["facts", "actor"], …)` read a fact like a
 * reference.
 */
function findObjectGet(terms: readonly Term[]): [Term[], Term[], ...Term[]] | undefined {
  const [operator, base, key, ...rest] = terms;
  if (operator?.type !== 'ref' || !base || !key) return undefined;
  const name = z.array(term).safeParse(operator.value).data?.map(textOf).join('.');
  if (name !== 'object.get') return undefined;
  const baseTerms = base.type === 'var' ? [base] : readTerms(base, 'ref');
  const keyTerms = key.type === 'string' ? [key] : readTerms(key, 'array');
  return baseTerms && keyTerms ? [baseTerms, keyTerms, ...rest] : undefined;
}

function readTerms(node: Term, type: string): Term[] | undefined {
  return node.type === type ? z.array(term).safeParse(node.value).data : undefined;
}

function mention(terms: readonly Term[], scope: MentionScope): Mention {
  const head = textOf(terms[0]);
  const tail = terms.slice(1);
  const variable = tail.findIndex(({ type }) => type !== 'string');
  const known = variable === -1 ? tail : tail.slice(0, variable);
  return {
    file: scope.file,
    row: terms[0]?.location?.row ?? scope.row,
    path: [...(scope.names.get(head) ?? [head]), ...known.map(textOf)],
    rule: scope.rule,
  };
}
