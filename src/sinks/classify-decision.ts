/** The kind of a decision, one of five values: few enough for labels of streams and subjects. */
import type { AuditRecord } from '../audit/audit-record.ts';

/**
 * - `denied`: the change was refused
 * - `granted`: it was allowed under a break-glass grant
 * - `unjudged`: it was allowed although a policy could not be evaluated
 * - `warned`: it was allowed with a warning
 * - `allowed`: it was allowed
 */
export const DECISION_KINDS = ['denied', 'granted', 'unjudged', 'warned', 'allowed'] as const;
export type DecisionKind = (typeof DECISION_KINDS)[number];

/** The first that applies, the most severe first. */
export function classifyDecision({ allowed, grant, policies }: AuditRecord): DecisionKind {
  if (!allowed) return 'denied';
  if (grant !== undefined) return 'granted';
  if (policies.some(({ status }) => status === 'unavailable')) return 'unjudged';
  return policies.some(({ status }) => status === 'warned') ? 'warned' : 'allowed';
}
