/** What `holdfast policy explain` prints of one review: for people, and as JSON. */
import type { RecordedAnswer } from '../../authoring/explain/explain-file.ts';
import type { PolicyTrace } from '../../authoring/explain/trace-policy.ts';
import type { TracedRule } from '../../authoring/explain/parse-trace.ts';
import type {
  ExplainedFact,
  ExplainedPolicy,
  ExplainedReview,
} from '../../compose/explain/explain-review.ts';
import type { Finding, PolicyOutcome } from '../../policy/outcome.ts';
import { formatExplanation } from '../evaluate/format-verdict.ts';
import { formatCount } from '../format-count.ts';
import { formatTable } from '../format-table.ts';

export interface ShownExplanation {
  /** `review.json`, `reviews.json#human-scale`. */
  readonly source: string;
  readonly review: ExplainedReview;
  /** What was decided then; absent where no record says it. */
  readonly recorded?: RecordedAnswer | undefined;
  /** By policy; empty where none was asked for. */
  readonly traces: ReadonlyMap<string, PolicyTrace>;
  /** Only these policies; empty for all. */
  readonly selected: readonly string[];
}

type DecidedReview = Extract<ExplainedReview, { readonly status: 'decided' }>;

/** The decision as `holdfast evaluate` explains it, then each policy that matched, then the others with the reason. */
export function formatExplained(
  shown: ShownExplanation,
  { color }: { readonly color: boolean },
): string {
  const { source, review } = shown;
  if (review.status === 'rejected') {
    return formatExplanation({ source, verdict: review }, { color });
  }
  const { request, decision } = review;
  const verdict = { status: 'decided', request, decision } as const;
  const policies = selectPolicies(shown, review);
  const matched = policies.filter(({ matching }) => matching.matched);
  const { gatherMs = 0, evaluateMs = 0 } = decision.timings ?? {};
  return [
    formatExplanation({ source, verdict }, { color }),
    ...formatRecorded(shown.recorded),
    `  took      ${formatMs(decision.durationMs)}: facts ${formatMs(gatherMs)}, policies ${formatMs(evaluateMs)}`,
    `  bundle    ${decision.policyRevision.slice(0, 12)}, ${formatCount(review.policies.length, 'policy', 'policies')}`,
    ...matched.flatMap((policy) => formatMatched(policy, shown.traces.get(policy.policy))),
    ...formatUnmatched(policies),
  ].join('\n');
}

/** One JSON object on one line. What the inventory holds is left out: it is the cluster's, not of this review. */
export function formatExplainedJson(shown: ShownExplanation): string {
  const { source, review, recorded } = shown;
  if (review.status === 'rejected') {
    const { uid = '', code, message } = review;
    return JSON.stringify({ source, uid, rejected: { code, message } });
  }
  const { request, decision, facts } = review;
  const { facts: _facts, policies: _policies, ...decided } = decision;
  const { inventory: _inventory, ...told } = facts;
  return JSON.stringify({
    source,
    uid: request.uid,
    ...(recorded && { recorded }),
    decision: decided,
    facts: told,
    policies: selectPolicies(shown, review).map((policy) => ({
      ...policy,
      trace: shown.traces.get(policy.policy),
    })),
  });
}

function formatRecorded(recorded: RecordedAnswer | undefined): readonly string[] {
  if (recorded === undefined) return [];
  const { allowed, code } = recorded;
  return [`  recorded  ${allowed ? 'allowed' : `denied (${code})`}`];
}

function selectPolicies(
  { selected }: ShownExplanation,
  { policies }: DecidedReview,
): readonly ExplainedPolicy[] {
  return selected.length === 0
    ? policies
    : policies.filter(({ policy }) => selected.includes(policy));
}

function formatMs(ms: number): string {
  return `${ms.toFixed(2)} ms`;
}

function formatMatched(
  {
    policy,
    title,
    mode = 'off',
    failure = 'deny',
    facts = [],
    outcome,
    evaluateMs = 0,
  }: ExplainedPolicy,
  trace: PolicyTrace | undefined,
): readonly string[] {
  return [
    '',
    `  ${policy}: ${title}`,
    `    mode ${mode}, failure ${failure}, evaluated in ${formatMs(evaluateMs)}`,
    ...(facts.length === 0 ? [] : [`    facts: ${facts.map(formatFact).join('; ')}`]),
    ...formatOutcome(outcome).map((line) => `    ${line}`),
    ...(trace === undefined ? [] : formatTrace(trace).map((line) => `    ${line}`)),
  ];
}

function formatFact({ fact, optional, status, code, reason = '' }: ExplainedFact): string {
  const name = optional ? `${fact} (optional)` : fact;
  return code === undefined ? `${name} ${status}` : `${name} ${status}: ${reason} (${code})`;
}

function formatOutcome(outcome: PolicyOutcome | undefined): readonly string[] {
  if (outcome === undefined) return [];
  if (outcome.status === 'unavailable') {
    return [`could not be evaluated: ${outcome.reason} (${outcome.code})`];
  }
  const { deny, warn, audit, patch } = outcome;
  const lines = [
    ...deny.flatMap((finding) => formatFinding('deny', finding)),
    ...warn.flatMap((finding) => formatFinding('warn', finding)),
    ...audit.flatMap((finding) => formatFinding('audit', finding)),
    ...patch.map(({ op, path, value }) =>
      `patch: ${op} ${path} ${JSON.stringify(value) ?? ''}`.trimEnd(),
    ),
  ];
  return lines.length === 0 ? ['found nothing'] : lines;
}

function formatFinding(rule: string, finding: Finding): readonly string[] {
  const { code, message, path, remedy, details } = finding;
  const lines = [
    `${rule}: ${code}${path === undefined ? '' : ` at ${path}`}`,
    ...message.split('\n').map((line) => `  ${line}`),
    ...(remedy === undefined ? [] : remedy.split('\n').map((line) => `  ${line}`)),
  ];
  return details === undefined ? lines : [...lines, `  details: ${cut(JSON.stringify(details))}`];
}

/** What is longer would push the rest out of sight; the JSON output has all of it. */
const VALUE_CHARS_MAX = 160;

function cut(text: string): string {
  return text.length > VALUE_CHARS_MAX ? `${text.slice(0, VALUE_CHARS_MAX)}…` : text;
}

/** Told already: what the rules found. */
const OUTCOME_RULES: ReadonlySet<string> = new Set(['deny', 'warn', 'audit', 'patch']);

function formatTrace(trace: PolicyTrace): readonly string[] {
  if (!trace.ok) return [`no trace: ${trace.reason}`];
  const values = Object.entries(trace.values).filter(([name]) => !OUTCOME_RULES.has(name));
  return [
    'trace:',
    ...trace.rules.flatMap(formatRule),
    ...values.map(([name, value]) => `  ${name} = ${cut(JSON.stringify(value))}`),
  ];
}

function formatRule({ rule, file, row, held, stoppedAt }: TracedRule): readonly string[] {
  const place = `  ${file}:${String(row)} ${rule}`;
  if (held) return [`${place} holds`];
  if (stoppedAt === undefined) return [`${place} does not hold`];
  return [`${place} ends at line ${String(stoppedAt.row)}: ${cut(stoppedAt.text)}`];
}

function formatUnmatched(policies: readonly ExplainedPolicy[]): readonly string[] {
  const rows = policies.flatMap(({ policy, matching }) =>
    matching.matched ? [] : [['', policy, matching.condition, matching.reason]],
  );
  return rows.length === 0 ? [] : ['', '  not matched', ...formatTable(rows)];
}
