/**
 * Policies that may use the same are evaluated in one call; others in calls of their own. All policies of a bundle are one module, and a call
 * has one input: what one of them may read or call, every other in the same call could. And the host cannot tell which of them calls a built-in
 * function: where its failure is undefined for one, it is for all of the call.
 */
import type { PolicyDescriptor } from '../descriptor.ts';
import { FACT_NAMES } from '../fact-names.ts';
import type { BuiltinRules } from '../wasm/builtin-rules.ts';
import { matchCapabilities, type Capabilities } from './match-capabilities.ts';
import type { CapabilityRule } from './settings.ts';

export interface GroupedInput extends BuiltinRules {
  readonly policies: readonly PolicyDescriptor[];
  readonly facts: object;
}

interface Group {
  /** The same text for the same capabilities, and the same failures of built-in functions. */
  readonly key: string;
  readonly capabilities: Capabilities;
  readonly builtins: BuiltinRules;
}

/** Facts without a name of their own, such as the cluster, belong to everybody. */
const NAMED_FACTS: ReadonlySet<string> = new Set(FACT_NAMES);

/** For one configuration. */
export class CapabilityGroups {
  readonly #rules: readonly CapabilityRule[];
  readonly #groups = new Map<string, Group>();

  constructor(rules: readonly CapabilityRule[]) {
    this.#rules = rules;
  }

  /** What the built-in functions may do that a policy calls. */
  builtinsOf(policy: PolicyDescriptor): BuiltinRules {
    return this.#groupOf(policy).builtins;
  }

  /** One part for each set of capabilities, and of each the constraints apart; the input itself where there is no rule and no constraint. */
  split<Input extends GroupedInput>(input: Input): readonly Input[] {
    if (this.#rules.length === 0 && !input.policies.some(isConstraint)) return [input];
    const parts = new Map<
      string,
      { readonly group: Group; readonly policies: PolicyDescriptor[] }
    >();
    for (const policy of input.policies) {
      const group = this.#groupOf(policy);
      const part = parts.get(group.key) ?? { group, policies: [] };
      part.policies.push(policy);
      parts.set(group.key, part);
    }
    return [...parts.values()].map(({ group, policies }) => ({
      ...input,
      ...group.builtins,
      policies,
      facts: keepFacts(input.facts, group.capabilities),
    }));
  }

  #groupOf(policy: PolicyDescriptor): Group {
    const known = this.#groups.get(policy.name);
    if (known !== undefined) return known;
    const capabilities = matchCapabilities(policy.name, this.#rules);
    const { builtins: allowedBuiltins, facts } = capabilities;
    // Templates are written for Gatekeeper, where such a call is undefined; Holdfast's own policies must not fall silent by one.
    const builtinErrors = isConstraint(policy) ? 'undefined' : 'fail';
    const key = JSON.stringify([
      builtinErrors,
      allowedBuiltins && [...allowedBuiltins].toSorted(),
      facts && [...facts].toSorted(),
    ]);
    const group = { key, capabilities, builtins: { allowedBuiltins, builtinErrors } } as const;
    // As many as the bundle has policies.
    this.#groups.set(policy.name, group);
    return group;
  }
}

function isConstraint({ constraint }: PolicyDescriptor): boolean {
  return constraint !== undefined;
}

function keepFacts(facts: object, { facts: allowed }: Capabilities): object {
  if (allowed === undefined) return facts;
  return Object.fromEntries(
    Object.entries(facts).filter(([name]) => !NAMED_FACTS.has(name) || allowed.has(name)),
  );
}
