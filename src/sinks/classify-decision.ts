/** What kind of decision a record holds, in five words: few enough to label streams and subjects with. */
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

/** The first that holds, the graver ones first. */
export function classifyDecision({ allowed, grant, policies }: AuditRecord): DecisionKind {
  if (!allowed) return 'denied';
  if (grant !== undefined) return 'granted';
  if (policies.some(({ status }) => status === 'unavailable')) return 'unjudged';
  return policies.some(({ status }) => status === 'warned') ? 'warned' : 'allowed';
}
