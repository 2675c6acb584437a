/** A request that a candidate decides otherwise, as a case that `holdfast policy test` runs. */
import { formatYaml } from '../../base/parse-yaml.ts';
import type { FlippedReview } from './replay-items.ts';

export interface FlippedCase extends FlippedReview {
  /** The policy beside which the case lies. */
  readonly policy: string;
  /** Of the policy, as the candidate configures them; absent where it does not. */
  readonly parameters?: Readonly<Record<string, unknown>> | undefined;
  /** The sections that say who is who, and what is managed. */
  readonly configuration: Readonly<Record<string, unknown>>;
}

/** The file. It expects what the candidate decides: whoever disagrees writes what is wanted. */
export function formatFlippedCase(flipped: FlippedCase): string {
  const { source, flip, username, route, review, facts, decision, policy } = flipped;
  const { inventory: _inventory, ...kept } = facts ?? {};
  const verdict = decision.policies.find((one) => one.policy === policy);
  const status = verdict?.status ?? 'unmatched';
  const codes = verdict?.findings.map(({ code }) => code);
  const content = {
    configuration: flipped.configuration,
    cases: [
      {
        name: `${source}: ${username}, ${flip.from} until now`,
        route,
        mode: verdict?.mode ?? 'off',
        ...(flipped.parameters && { parameters: flipped.parameters }),
        review,
        ...(facts && { facts: kept }),
        expect: {
          allowed: status === 'unavailable' ? decision.allowed : status !== 'denied',
          status,
          ...(codes && { findings: codes }),
        },
      },
    ],
  };
  return [
    `# Written by holdfast policy replay: this was ${flip.from}, and the candidate makes it ${flip.to}.`,
    '# What is expected below is what the candidate decides. Write what you want instead, and run holdfast policy test.',
    formatYaml(content, 'kubernetes'),
  ].join('\n');
}
