/** The sources of facts. Features implement them; `compose/` binds them. */
import type { MonotonicMs } from '../../base/clock.ts';
import type { Known, Unavailable } from '../../base/known.ts';
import type { ErrorCode } from '../../errors.ts';
import type { FreezeFact } from '../../freeze/freeze-fact.ts';
import type { ActorFact } from '../../identity/actor.ts';
import type { ImageFact } from '../../image/images-fact.ts';
import type { AdmissionRequest } from '../../kubernetes/admission-request.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { ChangeFact } from '../../ownership/change.ts';
import type { DeletionsFact } from '../../ownership/deletions/deletions-fact.ts';
import type { ObjectFact } from '../../ownership/object-fact.ts';
import type { InventoryFact } from '../../policy/gatekeeper/plan-inventory.ts';
import type { PlaintextFact } from '../../plaintext/plaintext-fact.ts';
import type { RollbackFact } from '../../source/lineage/decide-rollback.ts';
import type { SourceFact } from '../../source/parse-application.ts';

/** A fact that needed something outside the process may be unavailable. */
export type Gathered<Value> = Known<Value> | Unavailable<ErrorCode>;

export interface FactSources {
  readonly classifyActor: (request: AdmissionRequest) => ActorFact;
  /**
   * Verifies a GitOps writer's claim against the live cluster; every other actor is returned unchanged,
   * synchronously.
   */
  readonly proveActor: (
    request: AdmissionRequest,
    actor: ActorFact,
    deadlineAtMs: MonotonicMs,
  ) => Gathered<ActorFact> | Promise<Gathered<ActorFact>>;
  /** Synchronous if the request contains the answer, a promise if a parent must be looked up. */
  readonly describeObject: (
    request: AdmissionRequest,
    actor: ActorFact,
    deadlineAtMs: MonotonicMs,
  ) => Gathered<ObjectFact> | Promise<Gathered<ObjectFact>>;
  /** Synchronous if no signature must be waited for. */
  readonly describeImages: (
    request: AdmissionRequest,
    deadlineAtMs: MonotonicMs,
  ) => Gathered<readonly ImageFact[]> | Promise<Gathered<readonly ImageFact[]>>;
  /** Of the new object. Synchronous if no application must be looked up. */
  readonly describePlaintext: (
    request: AdmissionRequest,
    object: ObjectFact,
    deadlineAtMs: MonotonicMs,
  ) => Gathered<PlaintextFact> | Promise<Gathered<PlaintextFact>>;
  /** Counts a deletion: asked once for each request. Synchronous for what is none. */
  readonly describeDeletions: (
    request: AdmissionRequest,
    object: ObjectFact,
    deadlineAtMs: MonotonicMs,
  ) => Gathered<DeletionsFact | null> | Promise<Gathered<DeletionsFact | null>>;
  /** Of what a GitOps controller writes. Synchronous if no application must be looked up. */
  readonly describeRollback: (
    actor: ActorFact,
    object: ObjectFact,
    deadlineAtMs: MonotonicMs,
  ) => Gathered<RollbackFact | null> | Promise<Gathered<RollbackFact | null>>;
  /** Synchronous where nothing is frozen. */
  readonly describeFreezes: (
    request: AdmissionRequest,
    written: { readonly actor: ActorFact; readonly object: ObjectFact },
    deadlineAtMs: MonotonicMs,
  ) => Gathered<FreezeFact> | Promise<Gathered<FreezeFact>>;
  readonly diffChange: (request: AdmissionRequest) => ChangeFact;
  /** `null` for what is in no namespace, and for Namespaces themselves. */
  readonly readNamespace: (
    request: AdmissionRequest,
    deadlineAtMs: MonotonicMs,
  ) => Gathered<KubernetesObject | null> | Promise<Gathered<KubernetesObject | null>>;
  /** What the active policies compare with. */
  readonly readInventory: () => Gathered<InventoryFact>;
  /** `null` if no application is known for the object. */
  readonly findSource: (
    object: ObjectFact,
    actor: ActorFact,
    asked: { readonly request: AdmissionRequest; readonly deadlineAtMs: MonotonicMs },
  ) => Gathered<SourceFact | null> | Promise<Gathered<SourceFact | null>>;
}
