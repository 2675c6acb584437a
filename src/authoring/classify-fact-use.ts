/** Compares the facts that a policy declares with the facts that its code, and the library code it uses, reads. */
import type { Mention, PolicyModule } from './parse-policy-module.ts';

/** Passed to every policy without declaration: it costs nothing and is always known. */
const ALWAYS_GIVEN = 'cluster';

export interface FactUse {
  readonly fact: string;
  readonly mention: Mention;
}

export interface FactUses {
  readonly uses: readonly FactUse[];
  /** Expressions that hide which fact is read: `input.facts[name]`, `x := input.facts`, `f(input)`. */
  readonly hidden: readonly Mention[];
}

/** The facts that a policy reads, by itself or through the rules it can reach. */
export function classifyFactUse(
  policy: PolicyModule,
  libraries: readonly PolicyModule[],
): FactUses {
  const modules = [policy, ...libraries];
  const uses: FactUse[] = [];
  const hidden: Mention[] = [];
  for (const mention of reachableMentions(policy, modules)) {
    const [root, branch, fact] = mention.path;
    if (root !== 'input') continue;
    if (branch === undefined || (branch === 'facts' && fact === undefined)) hidden.push(mention);
    else if (branch === 'facts' && fact !== undefined && fact !== ALWAYS_GIVEN) {
      uses.push({ fact, mention });
    }
  }
  return { uses, hidden };
}

function reachableMentions(policy: PolicyModule, modules: readonly PolicyModule[]): Mention[] {
  const byRule = new Map<string, Mention[]>();
  for (const module of modules) {
    for (const { name } of module.rules) byRule.set([...module.packagePath, name].join('.'), []);
    for (const mention of module.mentions) {
      byRule.get([...module.packagePath, mention.rule].join('.'))?.push(mention);
    }
  }
  const reached = new Set<string>();
  const found: Mention[] = [];
  const waiting = policy.rules.flatMap(({ name }) =>
    rulesUnder(['data', ...policy.packagePath, name], byRule),
  );
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [rule, mentions] = next;
    if (reached.has(rule)) continue;
    reached.add(rule);
    found.push(...mentions);
    const into = mentions.filter(({ path }) => path[0] === 'data');
    waiting.push(...into.flatMap(({ path }) => rulesUnder(path, byRule)));
  }
  return found;
}

type RuleMentions = readonly [rule: string, mentions: readonly Mention[]];

/** The rules that a reference into `data` can reach: the named one, or all of a package. */
function rulesUnder(
  path: readonly string[],
  byRule: ReadonlyMap<string, readonly Mention[]>,
): RuleMentions[] {
  const target = path.slice(1).join('.');
  return [...byRule].filter(
    ([rule]) => rule === target || rule.startsWith(`${target}.`) || target.startsWith(`${rule}.`),
  );
}
