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
  /** Names of policies that cannot be evaluated: the labels that decide about their parameters are not known. */
  readonly withoutParameters?: ReadonlySet<string> | undefined;
}

/** A policy with what it found. */
export interface JudgedPolicy {
  readonly policy: PolicyDescriptor;
  readonly outcome: PolicyOutcome;
}

/** Each of the gathered policies, in their order. */
export async function evaluate(
  { policies, facts, unavailable }: GatheredFacts,
  { engine, withoutParameters, ...asked }: EvaluateOptions,
): Promise<readonly JudgedPolicy[]> {
  const missingFor = (policy: PolicyDescriptor): Missing | undefined =>
    withoutParameters?.has(policy.name) === true ? LABELS : missingFact(policy, unavailable);
  const judging = policies.filter((policy) => missingFor(policy) === undefined);
  const outcomes =
    judging.length === 0 ? [] : await engine.evaluate({ policies: judging, facts, ...asked });
  if (judging.length === policies.length) return checked(policies, outcomes);

  const byPolicy = new Map(checked(judging, outcomes).map((judged) => [judged.policy, judged]));
  return policies.map(
    (policy) => byPolicy.get(policy) ?? { policy, outcome: without(policy, missingFor(policy)) },
  );
}

/** Why a policy is not evaluated. */
type Missing = Pick<UnavailableFact, 'code' | 'reason'>;

const LABELS: Missing = {
  code: 'fact_unavailable',
  reason: 'its parameters depend on the labels of the namespace, and nobody could read these',
};

function missingFact(
  { facts, match }: PolicyDescriptor,
  unavailable: readonly UnavailableFact[],
): UnavailableFact | undefined {
  return unavailable.find(
    ({ fact }) => facts.includes(fact) || (fact === 'object' && match.managedOnly === true),
  );
}

function without({ name }: PolicyDescriptor, missing: Missing | undefined): PolicyOutcome {
  return {
    status: 'unavailable',
    policy: name,
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
    return {
      policy,
      outcome: outcome?.policy === policy.name ? outcome : without(policy, undefined),
    };
  });
}
