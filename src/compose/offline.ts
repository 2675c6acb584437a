/** The request path without a server: decides reviews one by one, and returns the whole decision. */
import { decideReview, type ReviewContext } from '../admission/admit.ts';
import type { AdmissionRoute } from '../admission/decide.ts';
import type { Decision } from '../admission/decision.ts';
import type { KnownFacts } from '../admission/facts/fact.ts';
import type { AdmissionRuntime } from '../admission/runtime.ts';
import { decodeReview } from '../admission/decode.ts';
import type { EvaluationInput, PolicyEngine } from '../admission/ports.ts';
import { addMs, systemClock } from '../base/clock.ts';
import { createIdentifierGenerator } from '../base/identifier.ts';
import type { Configuration } from '../config/schema.ts';
import type { AdmissionRequest } from '../kubernetes/admission-request.ts';
import type { ClusterLookup } from '../kubernetes/lookup/lookup.ts';
import type { SnapshotObjects } from '../kubernetes/lookup/snapshot-lookup.ts';
import { createAdmissionObserver } from './admission-observer.ts';
import { bindSnapshotLookup } from './bind-lookup.ts';
import { snapshotClusterObjects } from './cluster-objects.ts';
import { bindRuntime } from './bind-runtime.ts';
import { EngineRegistry } from './engine-registry.ts';
import { withRecordedFacts } from './replay/recorded-facts.ts';
import { createTelemetry } from './telemetry.ts';

export interface OfflineOptions {
  /** The cluster state: Kubernetes objects, and lists of them. */
  readonly clusterStateObjects: SnapshotObjects;
  /** A live cluster instead of these objects; whoever passes it closes it. */
  readonly lookup?: ClusterLookup | undefined;
  /** Told what each call gives to the policies, before they judge it. */
  readonly onEvaluation?: ((input: EvaluationInput) => void) | undefined;
}

/** The result of one review. */
export type OfflineVerdict =
  | { readonly status: 'decided'; readonly request: AdmissionRequest; readonly decision: Decision }
  | {
      /** The review could not be parsed; `uid` if that was readable. */
      readonly status: 'rejected';
      readonly uid?: string | undefined;
      readonly code: string;
      readonly message: string;
    };

export interface OfflineDecider {
  /** The same path as the HTTPS endpoint, without recording. Never rejects. */
  readonly decide: (review: Uint8Array, route: AdmissionRoute) => Promise<OfflineVerdict>;
  readonly close: () => Promise<void>;
}

/** The same with its parts, for what tells more of a review than its decision. */
export interface OfflinePath extends OfflineDecider {
  readonly configuration: Configuration;
  readonly runtime: AdmissionRuntime;
  /** The same with facts that were recorded, instead of those that would be gathered now. */
  readonly decideWith: (
    review: Uint8Array,
    route: AdmissionRoute,
    facts: KnownFacts,
  ) => Promise<OfflineVerdict>;
}

/** Starts the policy bundle that a configuration names; close it to end its workers. */
export async function createOfflineDecider(
  configuration: Configuration,
  { clusterStateObjects, lookup: live, onEvaluation }: OfflineOptions,
): Promise<OfflinePath> {
  const { logger, metrics } = createTelemetry({ log: { level: 'error' } });
  const engines = new EngineRegistry({ isSelfTested: false }, { logger, metrics });
  const loaded = await engines.load(configuration);
  const engine = onEvaluation === undefined ? loaded : observeEvaluations(loaded, onEvaluation);
  const lookup = live ?? bindSnapshotLookup(configuration, clusterStateObjects);
  const clusterObjects = snapshotClusterObjects(clusterStateObjects, engine.descriptors);
  const runtime = bindRuntime(configuration, { engine, lookup, clusterObjects });
  const context: Omit<ReviewContext, 'deadlineAtMs' | 'route' | 'runtime'> = {
    // An offline decision changes nothing, so it is not recorded.
    recorder: { record: () => ({}) },
    observer: createAdmissionObserver(metrics, logger),
    clock: systemClock,
    nextId: createIdentifierGenerator(),
    replica: '',
  };
  const decideBy = async (
    judging: AdmissionRuntime,
    review: Uint8Array,
    route: AdmissionRoute,
  ): Promise<OfflineVerdict> => {
    const decoded = decodeReview(review, runtime.decodeLimits);
    if (!decoded.ok) return { status: 'rejected', ...decoded };
    const deadlineAtMs = addMs(systemClock.monotonicMs(), configuration.limits.requestDeadlineMs);
    const reviewing = { ...context, runtime: judging, route, deadlineAtMs };
    const decision = await decideReview(decoded, reviewing);
    return { status: 'decided', request: decoded.request, decision };
  };
  return {
    configuration,
    runtime,
    decide: (review, route) => decideBy(runtime, review, route),
    decideWith: (review, route, facts) =>
      decideBy(withRecordedFacts(runtime, facts), review, route),
    close: () => engines.close(),
  };
}

function observeEvaluations(
  { revision, descriptors, evaluate }: PolicyEngine,
  tell: (input: EvaluationInput) => void,
): PolicyEngine {
  return {
    revision,
    descriptors,
    evaluate: (input) => {
      tell(input);
      return evaluate(input);
    },
  };
}
