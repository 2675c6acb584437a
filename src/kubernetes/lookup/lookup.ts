/**
 * The look-ups that facts need, in a live cluster or a snapshot. Every answer is a value; a failed look-up is
 * `unavailable`, never "there is none".
 */
import type { MonotonicMs } from '../../base/clock.ts';
import type { Unavailable } from '../../base/known.ts';
import type { KubernetesObject } from '../object.ts';
import type { ObjectReference } from '../object-reference.ts';
import type { LookupFailureCode } from '../client/cluster-client.ts';
import type { ArgocdSettings } from './parse-argocd-settings.ts';

export type LookupUnavailable = Unavailable<LookupFailureCode>;

export type ObjectLookup =
  | {
      readonly status: 'found';
      readonly object: KubernetesObject;
      /** It is what was read so long ago: whoever has it does not answer now. */
      readonly keptForMs?: number | undefined;
    }
  | {
      readonly status: 'absent';
      /** There is such an Application, and it deploys to another cluster. */
      readonly isElsewhere?: true | undefined;
    }
  | LookupUnavailable;

/** Who manages an object. */
export interface ManagedBy {
  readonly app?: string | undefined;
  /** The GitOps object that the mark names. */
  readonly application?: ObjectReference | undefined;
}

/** A managed object, who manages it, and whether that is gone. */
export type ManagedObject = ObjectReference &
  ManagedBy & { readonly leftBehind?: LeftBehind | undefined };

/** What has become of an object whose application is gone. */
export interface LeftBehind {
  /** For so long the application has certainly been gone. */
  readonly goneForMs: number;
  /** Another GitOps object that lists it as its own. */
  readonly listedBy?: string | undefined;
}

/** Undefined where the application is there, and where nobody can tell since when it is gone. */
export type LeftBehindTest = (
  application: ObjectReference,
  object: ObjectReference,
) => LeftBehind | undefined;

export type ManagedLookup =
  { readonly status: 'found'; readonly objects: readonly ManagedObject[] } | LookupUnavailable;

/** Everything in a namespace, or everything of a kind. */
export type ClaimedScope =
  { readonly namespace: string } | { readonly group: string; readonly kind: string };

/** An autoscaler that targets the object, in the same namespace. */
export interface Scaler {
  readonly tool: 'hpa' | 'keda';
  readonly name: string;
  readonly replicasMin: number;
  readonly replicasMax: number;
  /**
   * It is managed itself, or was created by a managed ScaledObject. An unmanaged autoscaler grants nothing: otherwise
   * anyone who can create one could set a managed object's replicas through it.
   */
  readonly managed: boolean;
}

export type ScalerLookup =
  { readonly status: 'found'; readonly scalers: readonly Scaler[] } | LookupUnavailable;

/** A GitOps object that lists an object as applied by it, in this cluster. */
export interface Claim {
  readonly tool: 'argocd' | 'flux';
  readonly kind: string;
  readonly namespace: string;
  readonly app: string;
}

export type ClaimLookup =
  { readonly status: 'found'; readonly claims: readonly Claim[] } | LookupUnavailable;

/** A workload whose selector matches; its kind and metadata are sure to be there. */
export interface SelectingWorkload {
  readonly reference: ObjectReference;
  readonly object: KubernetesObject;
}

export type SelectingLookup =
  | { readonly status: 'found'; readonly workloads: readonly SelectingWorkload[] }
  | LookupUnavailable;

/** Says whether an object is managed, and by which application. The object may carry its metadata only. */
export type ManagedTest = (
  object: KubernetesObject,
  reference: ObjectReference,
) => ManagedBy | undefined;

export interface ClusterLookup {
  /** For parents of subresources: a recent cached answer is enough. The version may be any that is served. */
  readonly lookupObject: (
    reference: ObjectReference,
    deadlineAtMs: MonotonicMs,
  ) => Promise<ObjectLookup>;
  /**
   * Who manages an object: its kind, names, uid, owners, marks and managers, and the selector of a workload. Everything else
   * may be missing, other labels and annotations too. Answers from what is followed of the cluster where that is safe; otherwise as `lookupObject`.
   */
  readonly lookupMetadata: (
    reference: ObjectReference,
    deadlineAtMs: MonotonicMs,
  ) => Promise<ObjectLookup>;
  /** A live read, for values that an attacker may just have changed, such as an Application's operation. */
  readonly lookupFresh: (
    reference: ObjectReference,
    deadlineAtMs: MonotonicMs,
  ) => Promise<ObjectLookup>;
  /**
   * Some managed objects of a namespace; none only if every kind was read to its end. One whose application is there ends
   * the search: only left-behind ones are found where there is no other.
   */
  readonly findManagedInNamespace: (
    namespace: string,
    deadlineAtMs: MonotonicMs,
    leftBehind?: LeftBehindTest,
  ) => Promise<ManagedLookup>;
  /**
   * What Applications, Kustomizations and HelmReleases list as their own in a namespace or of a kind: of a namespace only what
   * `findManagedInNamespace` does not search.
   */
  readonly findClaimed: (scope: ClaimedScope, deadlineAtMs: MonotonicMs) => Promise<ManagedLookup>;
  /** Whether an object outlived its application, by what is followed of the cluster. Confirm it by a live read. */
  readonly leftBehind: LeftBehindTest;
  /** An Argo CD Application, read now. */
  readonly findApplication: (
    namespace: string,
    name: string,
    deadlineAtMs: MonotonicMs,
  ) => Promise<ObjectLookup>;
  /**
   * Who may set the replicas of this object: the HPAs and KEDA ScaledObjects that target it. `kind` may be empty, as in
   * a request for a subresource.
   */
  readonly findScalers: (
    reference: ObjectReference,
    deadlineAtMs: MonotonicMs,
  ) => Promise<ScalerLookup>;
  /**
   * Which Argo CD Applications (`status.resources`), Flux Kustomizations and HelmReleases (inventory) list this object.
   * For objects without a mark (Argo CD sets none on CustomResourceDefinitions), and to confirm a mark that is only a
   * label.
   */
  readonly findClaims: (
    reference: ObjectReference,
    deadlineAtMs: MonotonicMs,
  ) => Promise<ClaimLookup>;
  /**
   * All workloads of a namespace that would adopt an object with these labels, managed or not: Deployments, StatefulSets,
   * DaemonSets, ReplicationControllers and Jobs.
   */
  readonly findSelecting: (
    namespace: string,
    labels: Readonly<Record<string, unknown>>,
    deadlineAtMs: MonotonicMs,
  ) => Promise<SelectingLookup>;
  /** What argocd-cm says now; `undefined` where it has not been read yet, or cannot be. The same object until it changes. */
  readonly argocdSettings: () => ArgocdSettings | undefined;
  /**
   * The configured resources that are looked up live because they are not watched, for people; empty if all
   * are watched.
   */
  readonly problem: () => string | undefined;
  /** Aborts look-ups in flight, and all watches. */
  readonly close: () => void;
}

/** A lookup for a process that has no cluster: every answer is `unavailable`. */
export function createNoLookup(): ClusterLookup {
  const answer: LookupUnavailable = {
    status: 'unavailable',
    code: 'lookup_not_configured',
    reason: 'No cluster is configured to look this up in',
  };
  const none = () => Promise.resolve(answer);
  return {
    lookupObject: none,
    lookupMetadata: none,
    lookupFresh: none,
    findManagedInNamespace: none,
    findClaimed: none,
    leftBehind: () => undefined,
    findApplication: none,
    findScalers: none,
    findClaims: none,
    findSelecting: none,
    argocdSettings: () => undefined,
    problem: () => undefined,
    close: () => undefined,
  };
}
