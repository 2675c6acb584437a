/** Compares a decision with what a recorded review expects of it. */
import { isDeepStrictEqual } from 'node:util';
import type { Decision } from '../../admission/decision.ts';
import type { ExpectedReview } from './review-case-schema.ts';

export interface ComparedDecision {
  readonly decision: Pick<Decision, 'allowed' | 'message' | 'warnings' | 'patch' | 'policies'>;
  /** The policy whose findings are compared. */
  readonly policy: string;
}

/** One sentence for each difference. */
export function diffExpectation(
  expected: ExpectedReview,
  { decision, policy }: ComparedDecision,
): readonly string[] {
  const verdict = decision.policies.find((of) => of.policy === policy);
  const status = verdict?.status ?? 'unmatched';
  const shown = [decision.message, ...decision.warnings].join('\n');
  return [
    ...differ('allowed', expected.allowed, decision.allowed),
    ...(expected.status === undefined ? [] : differ('status', expected.status, status)),
    ...diffFindings(expected.findings, verdict?.findings ?? []),
    ...(expected.patch === undefined ? [] : differ('patch', expected.patch, decision.patch)),
    ...(expected.message === undefined || shown.includes(expected.message)
      ? []
      : differ('message', expected.message, shown)),
  ];
}

function differ(what: string, wanted: unknown, found: unknown): readonly string[] {
  if (isDeepStrictEqual(wanted, found)) return [];
  return [`${what}: wanted ${JSON.stringify(wanted)}, found ${JSON.stringify(found)}`];
}

type Findings = Decision['policies'][number]['findings'];

function diffFindings(wanted: ExpectedReview['findings'], found: Findings): readonly string[] {
  if (wanted === undefined) return [];
  const left = [...found];
  const missing = wanted.filter((expectation) => {
    const index = left.findIndex((finding) => fits(expectation, finding));
    if (index !== -1) left.splice(index, 1);
    return index === -1;
  });
  if (missing.length === 0 && left.length === 0) return [];
  return [`findings: wanted ${JSON.stringify(wanted)}, found ${JSON.stringify(found)}`];
}

function fits(expectation: Readonly<Record<string, unknown>>, finding: Findings[number]): boolean {
  const members = new Map<string, unknown>(Object.entries(finding));
  return Object.entries(expectation).every(
    ([name, value]) => value === undefined || isDeepStrictEqual(value, members.get(name)),
  );
}
