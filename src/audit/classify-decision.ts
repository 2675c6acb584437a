/** The kind of a decision, one of six words: few enough for labels of streams, subjects and metrics. */

/**
 * - `denied`: the change was refused
 * - `granted`: it was allowed under a break-glass grant
 * - `unjudged`: it was allowed although a policy could not be evaluated
 * - `warned`: it was allowed with a warning
 * - `audited`: it was allowed, and a policy had an objection that only the record has
 * - `allowed`: it was allowed
 *
 * Whether what was warned of or audited would be refused in the mode enforce is the member `wouldDeny` of a record.
 */
export const DECISION_KINDS = [
  'denied',
  'granted',
  'unjudged',
  'warned',
  'audited',
  'allowed',
] as const;
export type DecisionKind = (typeof DECISION_KINDS)[number];

/** What of a record or a decision says its kind. */
export interface ClassifiedDecision {
  readonly allowed: boolean;
  readonly grant?: object | undefined;
  readonly policies: readonly { readonly status: string }[];
}

/** The first that applies, the most severe first. */
export function classifyDecision({ allowed, grant, policies }: ClassifiedDecision): DecisionKind {
  if (!allowed) return 'denied';
  if (grant !== undefined) return 'granted';
  if (policies.some(({ status }) => status === 'unavailable')) return 'unjudged';
  if (policies.some(({ status }) => status === 'warned')) return 'warned';
  return policies.some(({ status }) => status === 'audited') ? 'audited' : 'allowed';
}

/** Whether a record is meant where somebody asks for a kind: `allowed` is whatever was let through, of every kind. */
export function isDecision(record: ClassifiedDecision, wanted: DecisionKind): boolean {
  return wanted === 'allowed' ? record.allowed : classifyDecision(record) === wanted;
}

/** The code and the message to show of a record: of the denial, also of one that only the mode of its policies prevented. */
export function shownVerdict({ code, message, wouldDeny }: ShownRecord): {
  readonly code: string;
  readonly message: string;
} {
  return wouldDeny ?? { code, message };
}

interface ShownRecord {
  readonly code: string;
  readonly message: string;
  readonly wouldDeny?: { readonly code: string; readonly message: string } | undefined;
}
