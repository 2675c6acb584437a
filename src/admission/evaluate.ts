/** Evaluates the policies in one call; policies with unavailable facts are unavailable without a call. */
import type { PolicyDescriptor } from '../policy/descriptor.ts';
import type { PolicyOutcome } from '../policy/outcome.ts';
import type { UnavailableFact } from './facts/fact.ts';
import type { GatheredFacts } from './gather.ts';
import type { EvaluationInput, PolicyEngine } from './ports.ts';

export interface EvaluateOptions extends Pick<
  EvaluationInput,
  'requestJson' | 'requestOutline' | 'cause' | 'parameters' | 'deadlineAtMs'
> {
  readonly engine: PolicyEngine;
}

/** A policy with what it found. */
export interface JudgedPolicy {
  readonly policy: PolicyDescriptor;
  readonly outcome: PolicyOutcome;
}

/** Each of the gathered policies, in their order. */
export async function evaluate(
  { policies, facts, unavailable }: GatheredFacts,
  { engine, ...asked }: EvaluateOptions,
): Promise<readonly JudgedPolicy[]> {
  const judging = policies.filter((policy) => missingFact(policy, unavailable) === undefined);
  const outcomes =
    judging.length === 0 ? [] : await engine.evaluate({ policies: judging, facts, ...asked });
  if (judging.length === policies.length) return checked(policies, outcomes);

  const byPolicy = new Map(checked(judging, outcomes).map((judged) => [judged.policy, judged]));
  return policies.map(
    (policy) => byPolicy.get(policy) ?? { policy, outcome: withoutFact(policy, unavailable) },
  );
}

function missingFact(
  { facts, match }: PolicyDescriptor,
  unavailable: readonly UnavailableFact[],
): UnavailableFact | undefined {
  return unavailable.find(
    ({ fact }) => facts.includes(fact) || (fact === 'object' && match.managedOnly === true),
  );
}

function withoutFact(
  policy: PolicyDescriptor,
  unavailable: readonly UnavailableFact[],
): PolicyOutcome {
  const missing = missingFact(policy, unavailable);
  return {
    status: 'unavailable',
    policy: policy.name,
    code: missing?.code ?? 'policy_evaluation_failed',
    reason: missing?.reason ?? 'the policy engine gave no answer for this policy',
  };
}

// A missing outcome must not become an allow: if the engine returns fewer outcomes than policies, the rest is
// unavailable.
function checked(
  asked: readonly PolicyDescriptor[],
  outcomes: readonly PolicyOutcome[],
): readonly JudgedPolicy[] {
  return asked.map((policy, position) => {
    const outcome = outcomes[position];
    return { policy, outcome: outcome?.policy === policy.name ? outcome : withoutFact(policy, []) };
  });
}
