/** Judges a review as the webhook does, and tells of every policy of the bundle what it made of it. */
import { causeOf, gatherFor } from '../../admission/admit.ts';
import type { AdmissionRoute } from '../../admission/decide.ts';
import type { Decision } from '../../admission/decision.ts';
import { decodeReview } from '../../admission/decode.ts';
import { evaluate } from '../../admission/evaluate.ts';
import type { Facts, KnownFacts } from '../../admission/facts/fact.ts';
import type { GatheredFacts } from '../../admission/gather.ts';
import type { SettledParameters } from '../../admission/runtime.ts';
import { matchedObjectsOf } from '../../admission/select-constraints.ts';
import { addMs, systemClock } from '../../base/clock.ts';
import type { AdmissionRequest } from '../../kubernetes/admission-request.ts';
import type { FailureMode, PolicyDescriptor, PolicyMode } from '../../policy/descriptor.ts';
import type { FactName } from '../../policy/fact-names.ts';
import { labelsOf, type MatchedObjects } from '../../policy/gatekeeper/match-constraint.ts';
import type { RequestPlace } from '../../policy/request-place.ts';
import type { PolicyOutcome } from '../../policy/outcome.ts';
import { configurePolicies, matchedAttributes } from '../bind-runtime.ts';
import type { OfflinePath, OfflineVerdict } from '../offline.ts';
import { withRecordedFacts } from '../replay/recorded-facts.ts';
import { classifyMatching, type Matching } from './classify-matching.ts';

/** A fact that a policy reads. */
export interface ExplainedFact {
  readonly fact: FactName;
  /** It only improves a message: without it, the policy is evaluated all the same. */
  readonly optional: boolean;
  /** `absent`: the request has none. */
  readonly status: 'known' | 'absent' | 'unavailable';
  /** Why it is unavailable. */
  readonly code?: string | undefined;
  readonly reason?: string | undefined;
}

/** What one policy of the bundle made of a review. */
export interface ExplainedPolicy {
  readonly policy: string;
  readonly title: string;
  /** Of Gatekeeper: its rules are those of its template. */
  readonly isConstraint: boolean;
  readonly matching: Matching;
  /** All below is there of policies that match. */
  readonly mode?: PolicyMode;
  readonly failure?: FailureMode;
  readonly facts?: readonly ExplainedFact[];
  readonly outcome?: PolicyOutcome;
  /** How long its evaluation by itself took, the fastest of some. */
  readonly evaluateMs?: number;
}

export type ExplainedReview =
  | Extract<OfflineVerdict, { readonly status: 'rejected' }>
  | {
      readonly status: 'decided';
      readonly request: AdmissionRequest;
      readonly decision: Decision;
      /** In the order of the bundle. */
      readonly policies: readonly ExplainedPolicy[];
      /** What the policies were given. */
      readonly facts: Facts;
      /** The request as it was sent. */
      readonly requestJson: Uint8Array;
      readonly parameters: SettledParameters['parameters'];
    };

export interface ExplainReviewOptions {
  readonly route: AdmissionRoute;
  readonly offline: OfflinePath;
  /** As a record has them. @default those that are gathered now */
  readonly facts?: KnownFacts | undefined;
}

/** Never rejects: what cannot be decided says why. */
export async function explainReview(
  review: Uint8Array,
  { route, offline: path, facts }: ExplainReviewOptions,
): Promise<ExplainedReview> {
  const offline =
    facts === undefined ? path : { ...path, runtime: withRecordedFacts(path.runtime, facts) };
  const { runtime, configuration } = offline;
  const verdict = await (facts === undefined
    ? path.decide(review, route)
    : path.decideWith(review, route, facts));
  const decoded = decodeReview(review, runtime.decodeLimits);
  if (verdict.status === 'rejected') return verdict;
  if (!decoded.ok) return { status: 'rejected', ...decoded };
  const { request, decision } = verdict;
  const deadlineAtMs = addMs(systemClock.monotonicMs(), configuration.limits.requestDeadlineMs);
  const gathered = await gatherFor(request, { route, runtime, deadlineAtMs });
  const policies: ExplainedPolicy[] = [];
  for (const { policy, matching } of matchAll(request, { route, offline, gathered })) {
    const { name, title } = policy;
    const isConstraint = policy.constraint !== undefined;
    const judged = matching.matched
      ? await judgeAlone(policy, { request, decoded, gathered, offline })
      : {};
    policies.push({ policy: name, title, isConstraint, matching, ...judged });
  }
  const { requestJson } = decoded;
  const { parameters } = runtime.settings.parametersOf(
    gathered.policies,
    placeOf(request, gathered),
  );
  const given = { facts: gathered.facts, requestJson, parameters };
  return { status: 'decided', request, decision, policies, ...given };
}

interface MatchingContext {
  readonly route: AdmissionRoute;
  readonly offline: OfflinePath;
  readonly gathered: GatheredFacts;
}

function matchAll(
  request: AdmissionRequest,
  { route, offline: { configuration, runtime }, gathered }: MatchingContext,
): readonly { readonly policy: PolicyDescriptor; readonly matching: Matching }[] {
  const { descriptors } = runtime.engine;
  const configured = new Map(
    configurePolicies(descriptors, configuration).map((policy) => [policy.name, policy]),
  );
  const claimed = runtime.sources.classifyActor(request);
  const place = placeOf(request, gathered);
  const candidates = new Set(
    runtime
      .matchPolicies(route, request, claimed)
      .filter((policy) => runtime.settings.settingOf(policy, place).mode !== 'off')
      .map((policy) => policy.name),
  );
  const selected = new Map(gathered.policies.map((policy) => [policy.name, policy]));
  const shared = {
    route,
    attributes: matchedAttributes(request, claimed),
    objects: matchedObjects(request, gathered),
    object: gathered.facts.object,
  };
  return descriptors.map((declared) => {
    const { name } = declared;
    const matching = classifyMatching({
      ...shared,
      policy: configured.get(name),
      isCandidate: candidates.has(name),
      isSelected: selected.has(name),
    });
    return { policy: selected.get(name) ?? declared, matching };
  });
}

function matchedObjects(
  request: AdmissionRequest,
  { facts: { namespace } }: GatheredFacts,
): MatchedObjects {
  const objects = matchedObjectsOf(request);
  if (namespace === undefined || namespace === null || objects.namespace === undefined) {
    return objects;
  }
  const { name } = objects.namespace;
  return { ...objects, namespace: { name, labels: labelsOf(namespace) } };
}

function placeOf({ namespace }: AdmissionRequest, { place }: GatheredFacts): RequestPlace {
  return place ?? { namespace };
}

interface JudgingContext {
  readonly request: AdmissionRequest;
  readonly decoded: Extract<ReturnType<typeof decodeReview>, { readonly ok: true }>;
  readonly gathered: GatheredFacts;
  readonly offline: OfflinePath;
}

/** Of each policy: the fastest is told. */
const EVALUATIONS = 5;

async function judgeAlone(
  policy: PolicyDescriptor,
  { request, decoded, gathered, offline: { runtime, configuration } }: JudgingContext,
): Promise<Pick<ExplainedPolicy, 'mode' | 'failure' | 'facts' | 'outcome' | 'evaluateMs'>> {
  const { engine, settings } = runtime;
  const place = placeOf(request, gathered);
  const { parameters, unknown: withoutParameters } = settings.parametersOf([policy], place);
  const { requestJson, requestOutline } = decoded;
  const evaluateOnce = async () => {
    const startedAtMs = systemClock.monotonicMs();
    const deadlineAtMs = addMs(startedAtMs, configuration.limits.requestDeadlineMs);
    const cause = causeOf(request);
    const asked = { engine, requestJson, requestOutline, cause, parameters, deadlineAtMs };
    const [judged] = await evaluate(
      { ...gathered, policies: [policy] },
      { ...asked, withoutParameters },
    );
    const evaluateMs = systemClock.monotonicMs() - startedAtMs;
    return { ...(judged && { outcome: judged.outcome }), evaluateMs };
  };
  let warm = await evaluateOnce();
  // What is compiled and planned is so in the first ones. One that was ended is not ended again: it would be quarantined.
  for (let count = 1; count < EVALUATIONS && warm.outcome?.status === 'evaluated'; count += 1) {
    const next = await evaluateOnce();
    if (next.evaluateMs < warm.evaluateMs) warm = next;
  }
  return {
    ...settings.settingOf(policy, place),
    facts: explainFacts(policy, gathered),
    ...warm,
  };
}

function explainFacts(
  { facts: needed, optionalFacts }: PolicyDescriptor,
  { facts, unavailable }: GatheredFacts,
): readonly ExplainedFact[] {
  return [...needed, ...optionalFacts].map((fact) => {
    const optional = !needed.includes(fact);
    const missing = unavailable.find((one) => one.fact === fact);
    if (missing === undefined) {
      return { fact, optional, status: facts[fact] === undefined ? 'absent' : 'known' };
    }
    const { code, reason } = missing;
    return { fact, optional, status: 'unavailable', code, reason };
  });
}
