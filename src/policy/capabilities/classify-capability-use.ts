/** What the policies of a bundle use and may not, when the bundle is loaded. */
import type { PolicyDescriptor } from '../descriptor.ts';
import { matchCapabilities } from './match-capabilities.ts';
import type { CapabilityRule } from './settings.ts';

export interface CapabilityUse {
  readonly policies: readonly Pick<
    PolicyDescriptor,
    'name' | 'facts' | 'optionalFacts' | 'builtins'
  >[];
  /** What the module imports: of the module itself. */
  readonly required: readonly string[];
}

/**
 * Every use that is not allowed, as a clause. What a policy declares is gathered for it, and what the build found is checked here so
 * that it is known before a request comes. A bundle that says less than it uses gains nothing: a function that none of its policies may
 * call is refused by what the module imports, and in an evaluation the host gives each policy what it may have and nothing more.
 */
export function classifyCapabilityUse(
  { policies, required }: CapabilityUse,
  rules: readonly CapabilityRule[],
): readonly string[] {
  if (rules.length === 0) return [];
  const allowed = policies.map((policy) => ({
    policy,
    may: matchCapabilities(policy.name, rules),
  }));
  const declared = allowed.flatMap(({ policy, may }) => [
    ...[...policy.facts, ...policy.optionalFacts]
      .filter((fact) => may.facts?.has(fact) === false)
      .map((fact) => `the policy "${policy.name}" reads the fact "${fact}"`),
    ...(policy.builtins ?? [])
      .filter((name) => may.builtins?.has(name) === false)
      .map((name) => `the policy "${policy.name}" calls "${name}"`),
  ]);
  const imported = required
    .filter((name) => allowed.every(({ may }) => may.builtins?.has(name) === false))
    .map((name) => `its module imports "${name}", which none of its policies may call`);
  return [...declared, ...imported];
}
