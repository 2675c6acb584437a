/**
 * Policies that may use the same are evaluated in one call; others in calls of their own. All policies of a bundle are one module, and a call
 * has one input: what one of them may read or call, every other in the same call could.
 */
import type { PolicyDescriptor } from '../descriptor.ts';
import { FACT_NAMES } from '../fact-names.ts';
import { matchCapabilities, type Capabilities } from './match-capabilities.ts';
import type { CapabilityRule } from './settings.ts';

export interface GroupedInput {
  readonly policies: readonly PolicyDescriptor[];
  readonly facts: object;
  /** @default all of the host */
  readonly allowedBuiltins?: ReadonlySet<string> | undefined;
}

interface Group {
  /** The same text for the same capabilities. */
  readonly key: string;
  readonly capabilities: Capabilities;
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

  /** What a policy may use. */
  capabilitiesOf(policy: string): Capabilities {
    return this.#groupOf(policy).capabilities;
  }

  /** One part for each set of capabilities; the input itself where there is no rule. */
  split<Input extends GroupedInput>(input: Input): readonly Input[] {
    if (this.#rules.length === 0) return [input];
    const parts = new Map<
      string,
      { readonly group: Group; readonly policies: PolicyDescriptor[] }
    >();
    for (const policy of input.policies) {
      const group = this.#groupOf(policy.name);
      const part = parts.get(group.key) ?? { group, policies: [] };
      part.policies.push(policy);
      parts.set(group.key, part);
    }
    return [...parts.values()].map(({ group, policies }) => ({
      ...input,
      policies,
      facts: keepFacts(input.facts, group.capabilities),
      allowedBuiltins: group.capabilities.builtins,
    }));
  }

  #groupOf(policy: string): Group {
    const known = this.#groups.get(policy);
    if (known !== undefined) return known;
    const capabilities = matchCapabilities(policy, this.#rules);
    const { builtins, facts } = capabilities;
    const key = JSON.stringify([
      builtins && [...builtins].toSorted(),
      facts && [...facts].toSorted(),
    ]);
    const group = { key, capabilities };
    // As many as the bundle has policies.
    this.#groups.set(policy, group);
    return group;
  }
}

function keepFacts(facts: object, { facts: allowed }: Capabilities): object {
  if (allowed === undefined) return facts;
  return Object.fromEntries(
    Object.entries(facts).filter(([name]) => !NAMED_FACTS.has(name) || allowed.has(name)),
  );
}
