/** What ownership asks of the cluster. Every answer is a value, and "I could not ask" is never "there is none". */
import type { MonotonicMs } from '../base/clock.ts';
import type { Unavailable } from '../base/known.ts';
import type { ErrorCode } from '../errors.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import type { ObjectReference } from '../kubernetes/object-reference.ts';

/** Something the cluster did not tell in time; the code is one of the error table. */
export type LookupUnavailable = Unavailable<ErrorCode>;

export type ObjectLookupResult =
  | { readonly status: 'found'; readonly object: KubernetesObject }
  | { readonly status: 'absent' }
  | LookupUnavailable;

/** What has become of an object whose application is gone. */
export interface LeftBehind {
  /** For so long the application has certainly been gone. */
  readonly goneForMs: number;
  /** Another GitOps object that lists it as its own. */
  readonly listedBy?: string | undefined;
}

/** An object that someone manages, found in a namespace that is to be deleted. */
export type ManagedReference = ObjectReference & {
  readonly app?: string | undefined;
  readonly application?: ObjectReference | undefined;
  readonly leftBehind?: LeftBehind | undefined;
};

export type ManagedInNamespaceResult =
  { readonly status: 'found'; readonly objects: readonly ManagedReference[] } | LookupUnavailable;

/** An autoscaler that targets an object, and how far it may scale it. */
export interface Autoscaler {
  readonly tool: 'hpa' | 'keda';
  readonly name: string;
  readonly replicasMin: number;
  readonly replicasMax: number;
  /** It comes from Git, or was made by one that does. */
  readonly managed: boolean;
}

export type ScalersResult =
  { readonly status: 'found'; readonly scalers: readonly Autoscaler[] } | LookupUnavailable;

/** A GitOps object that lists an object as applied by it. */
export interface OwnershipClaim {
  readonly tool: 'argocd' | 'flux';
  readonly kind: string;
  readonly namespace: string;
  readonly app: string;
}

export type ClaimsResult =
  { readonly status: 'found'; readonly claims: readonly OwnershipClaim[] } | LookupUnavailable;

/** A workload whose selector matches; its kind and metadata are sure to be there. */
export interface SelectingWorkload {
  readonly reference: ObjectReference;
  readonly object: KubernetesObject;
}

export type SelectingResult =
  | { readonly status: 'found'; readonly workloads: readonly SelectingWorkload[] }
  | LookupUnavailable;

type Asking<Result> = (reference: ObjectReference, deadlineAtMs: MonotonicMs) => Promise<Result>;

export interface OwnershipLookups {
  /** A recent answer will do. `kind` may be empty in the reference. */
  readonly lookupObject: Asking<ObjectLookupResult>;
  /** Kind, metadata and a workload's selector are sure to be there, the rest may be missing; labels and annotations are those that can be marks. */
  readonly lookupMetadata: Asking<ObjectLookupResult>;
  /** Read now. */
  readonly lookupFresh: Asking<ObjectLookupResult>;
  /** Some managed objects of a namespace; a handful is enough to name them. */
  readonly findManagedInNamespace: (
    namespace: string,
    deadlineAtMs: MonotonicMs,
  ) => Promise<ManagedInNamespaceResult>;
  /**
   * Whether an object outlived its application, by what is followed of the cluster. Undefined where the application is there,
   * and where nobody can tell since when it is gone.
   */
  readonly leftBehind: (
    application: ObjectReference,
    object: ObjectReference,
  ) => LeftBehind | undefined;
  readonly findScalers: Asking<ScalersResult>;
  readonly findClaims: Asking<ClaimsResult>;
  /** All workloads of a namespace that would adopt an object with these labels, managed or not. */
  readonly findSelecting: (
    namespace: string,
    labels: Readonly<Record<string, string>>,
    deadlineAtMs: MonotonicMs,
  ) => Promise<SelectingResult>;
}
