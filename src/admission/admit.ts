/**
 * The whole life of an admission review, from the bytes of the API server to the bytes of the answer.
 *
 *     decode ─> gather facts ─> evaluate (Rego in WASM) ─> decide ─> record ─> respond
 *       │            │                   │                   │          │
 *  400 or denial  fact unavailable  policy unavailable   fail mode   fail mode
 *
 * Every exit is a `Decision` or a rejection of the HTTP request. Nothing throws past `createAdmit`.
 */
import type { Clock, MonotonicMs, WallMs } from '../base/clock.ts';
import type { AdmissionRequest } from '../kubernetes/admission-request.ts';
import { formatResource } from '../kubernetes/object-reference.ts';
import type { PolicyDescriptor } from '../policy/descriptor.ts';
import type { RequestCause } from '../policy/request-cause.ts';
import type { RequestPlace } from '../policy/request-place.ts';
import { applyGrant, isGrantable } from './apply-grant.ts';
import { decide, type AdmissionRoute, type JudgedPolicy as JudgedSetting } from './decide.ts';
import type { Decision } from './decision.ts';
import { decodeReview, decodeReviewInTurns, type DecodedReview } from './decode.ts';
import { evaluate, type JudgedPolicy } from './evaluate.ts';
import { gather, type GatheredFacts } from './gather.ts';
import type { AdmissionRuntime, PolicySettings } from './runtime.ts';
import { faultDecision } from './decide-fault.ts';
import { record } from './record.ts';
import { respond, respondRejected, type HttpAnswer } from './respond.ts';
import type { AdmissionObserver, DecisionRecorder } from './ports.ts';
import { ADMISSION_LIMITS } from './settings.ts';

/** What is smaller takes less time to decode than a turn of the event loop is worth. */
const HEAVY_BYTES_MIN = ADMISSION_LIMITS['limits.heavyReviewBytesMin'].default;

export interface AdmitDependencies {
  /** The active configuration: read once, when a review arrives, and then passed on as a value. */
  readonly runtime: () => AdmissionRuntime;
  readonly recorder: DecisionRecorder;
  readonly observer: AdmissionObserver;
  readonly clock: Clock;
  readonly nextId: (nowMs: WallMs) => string;
  /** The name of this replica: the pod's name, else the host's. */
  readonly replica: string;
}

/**
 * Decides one review: from the body of the HTTP request to the status and body of the response. Never
 * rejects.
 */
export type Admit = (
  route: AdmissionRoute,
  body: Uint8Array,
  deadlineAtMs: MonotonicMs,
) => Promise<HttpAnswer>;

/** Binds the request path to its parts. */
export function createAdmit(dependencies: AdmitDependencies): Admit {
  return async (route, body, deadlineAtMs) => {
    // One review, one configuration: a reload affects only later reviews.
    const runtime = dependencies.runtime();
    const decoded =
      body.byteLength < HEAVY_BYTES_MIN
        ? decodeReview(body, runtime.decodeLimits)
        : await decodeReviewInTurns(body, runtime.decodeLimits);
    if (!decoded.ok) {
      dependencies.observer.rejected(route, decoded);
      return respondRejected(decoded);
    }
    const decision = await decideReview(decoded, { ...dependencies, route, deadlineAtMs, runtime });
    dependencies.observer.decided(route, decoded.request, decision);
    return respond(route, decoded.request.uid, decision);
  };
}

export interface ReviewContext extends Omit<AdmitDependencies, 'runtime'> {
  readonly runtime: AdmissionRuntime;
  readonly route: AdmissionRoute;
  readonly deadlineAtMs: MonotonicMs;
}

/** The decision for a valid review; recorded, if required, before the response. */
export async function decideReview(
  decoded: Extract<DecodedReview, { ok: true }>,
  context: ReviewContext,
): Promise<Decision> {
  const startedAtMs = context.clock.monotonicMs();
  const id = context.nextId(context.clock.wallMs());
  const { request } = decoded;
  try {
    const decision = await judge(decoded, { ...context, startedAtMs, id });
    const requestBytes = decoded.requestJson.byteLength;
    return await record(request, decision, { ...context, requestBytes });
  } catch (fault) {
    context.observer.faulted(request, fault);
    return faultDecision(fault, {
      ...identify(request, { ...context, startedAtMs }),
      id,
      facts: {},
    });
  }
}

async function judge(
  { request, requestJson, requestOutline }: Extract<DecodedReview, { ok: true }>,
  context: ReviewContext & { readonly startedAtMs: MonotonicMs; readonly id: string },
): Promise<Decision> {
  const { route, deadlineAtMs, runtime, clock } = context;
  const gatheringAtMs = clock.monotonicMs();
  const gathered = await gatherFor(request, { route, runtime, deadlineAtMs });
  const evaluatingAtMs = clock.monotonicMs();
  const { engine, settings } = runtime;
  const { place = { namespace: request.namespace } } = gathered;
  const { parameters, unknown } = settings.parametersOf(gathered.policies, place);
  const means = {
    engine,
    requestJson,
    requestOutline,
    cause: causeOf(request),
    parameters,
    withoutParameters: unknown,
    deadlineAtMs,
  };
  const judged = await evaluate(gathered, means);
  const timings = {
    gatherMs: evaluatingAtMs - gatheringAtMs,
    evaluateMs: clock.monotonicMs() - evaluatingAtMs,
  };
  const conclude = (facts: GatheredFacts['facts'], policies: readonly JudgedPolicy[]): Decision =>
    decide(
      policies.map(({ policy, outcome }) => ({
        outcome,
        ...judgedSetting(policy, place, settings),
      })),
      {
        ...identify(request, context),
        facts,
        id: context.id,
        timings,
      },
    );
  const decision = conclude(gathered.facts, judged);
  const { breakGlass, messageCharsMax } = runtime;
  if (breakGlass === undefined || !isGrantable(decision)) return decision;
  return await applyGrant(decision, {
    request,
    breakGlass,
    deadlineAtMs,
    messageCharsMax,
    judgeAgain: async (facts) => {
      const granted = { ...gathered, facts: { ...gathered.facts, ...facts } };
      return conclude(granted.facts, await evaluate(granted, means));
    },
  });
}

/** What the policies of a route are given about a request. */
export function gatherFor(
  request: AdmissionRequest,
  { route, runtime, deadlineAtMs }: Pick<ReviewContext, 'route' | 'runtime' | 'deadlineAtMs'>,
): Promise<GatheredFacts> {
  return gather(request, {
    sources: runtime.sources,
    cluster: runtime.cluster,
    matchPolicies: (matched, actor) => runtime.matchPolicies(route, matched, actor),
    settings: runtime.settings,
    deadlineAtMs,
    // Whether an object may be patched depends on whether Git manages it, even if no policy reads that fact.
    alwaysNeeded: route === 'mutate' ? ['object'] : [],
  });
}

/** Policies that are off were left out before; if not, the weakest mode applies. */
function judgedSetting(
  policy: PolicyDescriptor,
  place: RequestPlace,
  { settingOf }: PolicySettings,
): Pick<JudgedSetting, 'mode' | 'failure'> {
  const { mode, failure } = settingOf(policy, place);
  return { mode: mode === 'off' ? 'audit' : mode, failure };
}

/** What stands in the way of others stands on its sender's account alone. */
export function causeOf({ userInfo, namespace = '', resource }: AdmissionRequest): RequestCause {
  return { username: userInfo.username, namespace, resource: formatResource(resource) };
}

function identify(
  request: AdmissionRequest,
  { route, runtime, clock, startedAtMs }: ReviewContext & { readonly startedAtMs: MonotonicMs },
): Pick<
  Parameters<typeof decide>[1],
  | 'route'
  | 'cluster'
  | 'policyRevision'
  | 'dryRun'
  | 'decidedAtMs'
  | 'durationMs'
  | 'messageCharsMax'
> {
  const { cluster, engine, messageCharsMax } = runtime;
  return {
    route,
    cluster: cluster.name,
    policyRevision: engine.revision,
    dryRun: request.dryRun === true,
    decidedAtMs: clock.wallMs(),
    durationMs: clock.monotonicMs() - startedAtMs,
    messageCharsMax,
  };
}
