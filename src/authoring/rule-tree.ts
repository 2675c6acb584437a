/** Rules as OPA's syntax tree has them, as far as the checks of a bundle's sources look into them. */
import { z } from 'zod';

const location = z.object({ row: z.number() });
const termNode = z.object({ type: z.string(), value: z.unknown(), location });
const expressionNode = z.looseObject({
  generated: z.boolean().optional(),
  negated: z.boolean().optional(),
  terms: z.unknown(),
});
const headNode = z.looseObject({
  ref: z.array(termNode),
  args: z.array(termNode).optional(),
  key: termNode.optional(),
  // A rule without a value is given the value true, which stands nowhere.
  value: termNode.partial({ location: true }).optional(),
});
const branchNode = z.looseObject({
  head: headNode,
  body: z.array(expressionNode).default([]),
  default: z.boolean().default(false),
  location,
  get else() {
    return branchNode.optional();
  },
});

/** One term: `{"type": "var", "value": "name"}`, a reference, an object… */
export type Term = z.infer<typeof termNode>;
export type Expression = z.infer<typeof expressionNode>;

/** One definition of a rule, from its head to the end of its last `else`. */
export interface RuleDefinition {
  readonly name: string;
  readonly row: number;
  readonly isDefault: boolean;
  /** Absent for what is no function. */
  readonly arguments?: readonly Term[] | undefined;
  /** What a partial set collects. */
  readonly key?: Term | undefined;
  /** Whether it is one member of a set or an object: `names contains …`, `hints[name] := …`. */
  readonly isPartial: boolean;
  /** The definition itself, then each `else`. */
  readonly branches: readonly Branch[];
}

export interface Branch {
  readonly row: number;
  readonly value?: Term | undefined;
  /** Empty where nothing has to hold. */
  readonly conditions: readonly Expression[];
}

/** Reads the rules of OPA's JSON. Throws a ZodError where OPA speaks another dialect than the one tested. */
export function parseRuleDefinitions(rules: readonly unknown[]): readonly RuleDefinition[] {
  return rules.map((node) => {
    const rule = branchNode.parse(node);
    const branches: Branch[] = [];
    for (let next: z.infer<typeof branchNode> | undefined = rule; next; next = next.else) {
      branches.push({
        row: next.location.row,
        value: next.head.value && {
          ...next.head.value,
          location: next.head.value.location ?? next.location,
        },
        conditions: next.body.filter(isCondition),
      });
    }
    const { ref, args, key } = rule.head;
    return {
      name: textOf(ref[0]),
      row: rule.location.row,
      isDefault: rule.default,
      arguments: args,
      key,
      isPartial: key !== undefined || ref.length > 1,
      branches,
    };
  });
}

/** A node of the tree as a term; `undefined` for every other node. */
export function readTerm(node: unknown): Term | undefined {
  return termNode.safeParse(node).data;
}

/** The text of a variable or a string; empty for other terms. */
export function textOf(node: { readonly value?: unknown } | undefined): string {
  return typeof node?.value === 'string' ? node.value : '';
}

/** `count(keys)` as its operator, `count`, and its terms; `undefined` for what calls nothing. */
export function readCall(
  node: unknown,
): { readonly operator: readonly string[]; readonly operands: readonly Term[] } | undefined {
  const asTerm = callNode.safeParse(node).data?.value;
  const asExpression = z.object({ terms: z.array(termNode) }).safeParse(node).data?.terms;
  const [operator, ...operands] = asTerm ?? asExpression ?? [];
  if (operator?.type !== 'ref') return undefined;
  return { operator: readReference(operator).map(textOf), operands };
}

const callNode = z.object({ type: z.literal('call'), value: z.array(termNode) });

/** The terms of a reference or a variable, `input.request.name` as three; none for other terms. */
export function readReference(term: Term): readonly Term[] {
  if (term.type === 'var') return [term];
  return term.type === 'ref' ? z.array(termNode).parse(term.value) : [];
}

/** What an array or a set holds; nothing for other terms. */
export function readItems({ type, value }: Term): readonly Term[] {
  return type === 'array' || type === 'set' ? z.array(termNode).parse(value) : [];
}

/** Keys and values of an object. */
export function readObject(term: Term): readonly (readonly [key: Term, value: Term])[] {
  return z.array(z.tuple([termNode, termNode])).parse(term.value);
}

/** The names that a term binds where it is assigned to: `x`, or those in `[x, {"a": y}]`. */
export function boundNames(term: Term): readonly Term[] {
  if (term.type === 'var') return textOf(term).startsWith('$') ? [] : [term];
  if (term.type === 'array') return readItems(term).flatMap(boundNames);
  if (term.type === 'object') return readObject(term).flatMap(([, value]) => boundNames(value));
  return [];
}

const someNode = z.object({ terms: z.object({ symbols: z.array(termNode) }) });
const everyNode = z.object({
  terms: z.object({ domain: termNode, key: termNode.nullish(), value: termNode }),
});

/** The names that one expression declares: by `:=`, `some` or `every`. */
export function declaredNames(expression: unknown): readonly Term[] {
  const every = everyNode.safeParse(expression).data?.terms;
  if (every) return [...boundNames(every.value), ...(every.key ? boundNames(every.key) : [])];
  const some = someNode.safeParse(expression).data?.terms.symbols;
  if (some) return some.flatMap(namesOfSymbol);
  const call = readCall(expression);
  if (call?.operator.join('.') !== 'assign') return [];
  return call.operands.slice(0, 1).flatMap(boundNames);
}

/** What `name` goes through in an expression: `xs` of `some name in xs` and of `every name in xs`. */
export function iteratedBy(expression: unknown, name: string): Term | undefined {
  const every = everyNode.safeParse(expression).data?.terms;
  if (every !== undefined) return textOf(every.value) === name ? every.domain : undefined;
  const symbols = someNode.safeParse(expression).data?.terms.symbols ?? [];
  for (const symbol of symbols) {
    const operands = readCall(symbol)?.operands ?? [];
    if (textOf(operands.at(-2)) === name) return operands.at(-1);
  }
  return undefined;
}

/** `some x, y in xs` is the call `internal.member_3(x, y, xs)`; `some x` is a variable. */
function namesOfSymbol(symbol: Term): readonly Term[] {
  return (readCall(symbol)?.operands.slice(0, -1) ?? [symbol]).flatMap(boundNames);
}

function isCondition(expression: Expression): boolean {
  if (expression.generated === true) return false;
  const constant = readTerm(expression.terms);
  return !(constant?.type === 'boolean' && constant.value === true);
}
