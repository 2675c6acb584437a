/** Compares a decision that was made with the one that a candidate makes of the same request. */
import { classifyDecision, type DecisionKind } from '../../audit/classify-decision.ts';

export interface ComparedVerdict {
  readonly allowed: boolean;
  readonly grant?: object | undefined;
  readonly policies: readonly {
    readonly policy: string;
    readonly status: string;
    readonly codes: readonly string[];
  }[];
}

/** A decision that is another now. */
export interface Flip {
  readonly from: DecisionKind;
  readonly to: DecisionKind;
  /** Whose part changed; empty where none did, as where only the failure mode of a policy is another. */
  readonly policies: readonly string[];
  /** What they find now, else what they found before. */
  readonly codes: readonly string[];
}

/** `undefined` where the decision is of the same kind. */
export function diffVerdicts(before: ComparedVerdict, after: ComparedVerdict): Flip | undefined {
  const from = classifyDecision(before);
  const to = classifyDecision(after);
  if (from === to) return undefined;
  const was = byPolicy(before);
  const is = byPolicy(after);
  const policies = [...new Set([...was.keys(), ...is.keys()])]
    .filter((name) => was.get(name)?.status !== is.get(name)?.status)
    .toSorted();
  const codesOf = (verdicts: typeof was): readonly string[] =>
    policies.flatMap((name) => verdicts.get(name)?.codes ?? []);
  const now = codesOf(is);
  const codes = [...new Set(now.length > 0 ? now : codesOf(was))].toSorted();
  return { from, to, policies, codes };
}

/** A policy that passed says as little as one that was not asked. */
function byPolicy({ policies }: ComparedVerdict) {
  return new Map(
    policies
      .filter(({ status }) => status !== 'passed')
      .map((verdict) => [verdict.policy, verdict] as const),
  );
}
