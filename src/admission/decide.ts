/**
 * Outcomes in, one decision out. The only place that creates an allow, and only from completed outcomes: the
 * failure mode of an unavailable policy is applied here and nowhere else.
 */
import type { WallMs } from '../base/clock.ts';
import type { FailureMode, PolicyMode } from '../policy/descriptor.ts';
import type { PatchOperation, PolicyOutcome } from '../policy/outcome.ts';
import type { Decision, DecisionTimings, PolicyVerdict, WouldDeny } from './decision.ts';
import type { KnownFacts } from './facts/fact.ts';
import { formatDenial, formatWarning, type PhrasedVerdict } from './format-denial.ts';

export type AdmissionRoute = 'validate' | 'mutate';

/** One matching policy with its outcome and its configured mode. */
export interface JudgedPolicy {
  readonly outcome: PolicyOutcome;
  readonly mode: Exclude<PolicyMode, 'off'>;
  readonly failure: FailureMode;
}

export interface DecisionContext {
  readonly id: string;
  readonly route: AdmissionRoute;
  readonly cluster: string;
  readonly policyRevision: string;
  readonly dryRun: boolean;
  readonly decidedAtMs: WallMs;
  readonly durationMs: number;
  readonly messageCharsMax: number;
  readonly timings?: DecisionTimings | undefined;
  readonly facts: KnownFacts;
}

/** Decides one request. Deny wins over warn, warn over allow; the order of policies does not matter. */
export function decide(judged: readonly JudgedPolicy[], context: DecisionContext): Decision {
  const isMutating = context.route === 'mutate';
  const verdicts = (isMutating ? judged.map(withoutFindings) : judged).map(judgePolicy);
  // That a policy cannot patch stops nothing here: /validate finds it unavailable, too, or the object unpatched.
  const denied = isMutating ? [] : verdicts.filter(({ status }) => isDenial(status));
  const allowed = denied.length === 0;

  return {
    id: context.id,
    allowed,
    code: codeOf(denied),
    httpStatus: statusOf(denied),
    message: allowed ? '' : formatDenial(denied, context),
    wouldDeny: allowed && verdicts.some(isUnenforced) ? wouldDenyOf(judged, context) : undefined,
    warnings: collectWarnings(verdicts, context),
    patch: allowed ? collectPatch(judged, context) : [],
    policies: verdicts.map(publicVerdict),
    dryRun: context.dryRun,
    cluster: context.cluster,
    policyRevision: context.policyRevision,
    decidedAtMs: context.decidedAtMs,
    durationMs: context.durationMs,
    timings: context.timings,
    facts: context.facts,
  };
}

/**
 * A mutating webhook runs before other webhooks, and before its own patch: what policies find there is about an object that nobody
 * stores. /validate evaluates the same policies on the final object, and it alone denies, warns and records findings: a record of
 * a denial beside an answer that allows would be evidence of what did not happen.
 */
function withoutFindings(judged: JudgedPolicy): JudgedPolicy {
  const { outcome } = judged;
  if (outcome.status === 'unavailable') return judged;
  return { ...judged, outcome: { ...outcome, deny: [], warn: [], audit: [] } };
}

function judgePolicy({ outcome, mode, failure }: JudgedPolicy): PhrasedVerdict {
  if (outcome.status === 'unavailable') return judgeUnavailable(outcome, mode, failure);

  const { policy, deny, warn, audit } = outcome;
  switch (mode) {
    case 'enforce':
      return phrase(policy, mode, { denials: deny, warnings: warn, audits: audit });
    case 'warn':
      return phrase(policy, mode, { denials: [], warnings: [...deny, ...warn], audits: audit });
    case 'audit':
      return phrase(policy, mode, {
        denials: [],
        warnings: [],
        audits: [...deny, ...warn, ...audit],
      });
  }
}

function phrase(
  policy: string,
  mode: PolicyMode,
  findings: Pick<PhrasedVerdict, 'denials' | 'warnings' | 'audits'>,
): PhrasedVerdict {
  return { policy, mode, status: statusOfFindings(findings), ...findings };
}

function statusOfFindings(
  findings: Pick<PhrasedVerdict, 'denials' | 'warnings' | 'audits'>,
): PolicyVerdict['status'] {
  if (findings.denials.length > 0) return 'denied';
  if (findings.warnings.length > 0) return 'warned';
  return findings.audits.length > 0 ? 'audited' : 'passed';
}

function judgeUnavailable(
  outcome: Extract<PolicyOutcome, { status: 'unavailable' }>,
  mode: Exclude<PolicyMode, 'off'>,
  failure: FailureMode,
): PhrasedVerdict {
  return {
    policy: outcome.policy,
    mode,
    status: statusOfFailure(mode, failure),
    denials: [],
    warnings: [],
    audits: [],
    unavailable: { code: outcome.code, reason: outcome.reason },
  };
}

// The mode is a ceiling: a policy that only warns when it works must not refuse when it does not.
function statusOfFailure(
  mode: Exclude<PolicyMode, 'off'>,
  failure: FailureMode,
): PhrasedVerdict['status'] {
  if (mode === 'audit' || failure === 'allow') return 'unavailable';
  return mode === 'enforce' && failure === 'deny' ? 'refused-unavailable' : 'warned-unavailable';
}

/** The denial that the mode enforce would have given. Grants are looked up for real denials only. */
function wouldDenyOf(
  judged: readonly JudgedPolicy[],
  context: DecisionContext,
): WouldDeny | undefined {
  // A patch is judged by /validate, too: there is one record of the denial.
  if (context.route === 'mutate') return undefined;
  // What is enforced has allowed the request: only the others can have objected.
  const denied = judged
    .filter(({ mode }) => mode !== 'enforce')
    .map((policy) => judgePolicy({ ...policy, mode: 'enforce' }))
    .filter(({ status }) => isDenial(status));
  if (denied.length === 0) return undefined;
  return {
    code: codeOf(denied),
    message: formatDenial(denied, context),
    policies: denied.map(({ policy }) => policy),
  };
}

function isUnenforced({ mode, status }: PhrasedVerdict): boolean {
  return mode !== 'enforce' && status !== 'passed';
}

function isDenial(status: PhrasedVerdict['status']): boolean {
  return status === 'denied' || status === 'refused-unavailable';
}

function codeOf(denied: readonly PhrasedVerdict[]): string {
  const judged = denied.find(({ status }) => status === 'denied') ?? denied[0];
  return judged?.denials[0]?.code ?? judged?.unavailable?.code ?? 'allowed';
}

// 403 means "forbidden"; 503 means "could not be decided": controllers and people react differently to the
// two.
function statusOf(denied: readonly PhrasedVerdict[]): number {
  if (denied.length === 0) return 200;
  return denied.some(({ status }) => status === 'denied') ? 403 : 503;
}

function collectWarnings(
  verdicts: readonly PhrasedVerdict[],
  context: DecisionContext,
): readonly string[] {
  if (context.route === 'mutate') return [];
  return verdicts.flatMap((verdict) => formatWarning(verdict, context));
}

// A patch of a managed object would itself be drift: the controller would find a field that it did not write.
function collectPatch(
  judged: readonly JudgedPolicy[],
  { route, facts: { object } }: DecisionContext,
): readonly PatchOperation[] {
  if (route !== 'mutate' || object?.managed === true) return [];
  return judged.flatMap(({ outcome, mode }) =>
    outcome.status === 'evaluated' && mode === 'enforce' ? outcome.patch : [],
  );
}

function publicVerdict(verdict: PhrasedVerdict): PolicyVerdict {
  return {
    policy: verdict.policy,
    mode: verdict.mode,
    status:
      verdict.status === 'refused-unavailable' || verdict.status === 'warned-unavailable'
        ? 'unavailable'
        : verdict.status,
    findings: [...verdict.denials, ...verdict.warnings, ...verdict.audits],
    unavailable: verdict.unavailable,
  };
}
