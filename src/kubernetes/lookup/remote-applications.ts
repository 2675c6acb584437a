/**
 * The Applications of Argo CD that deploy to this cluster from another one. Whoever knows them, and by which way, stands
 * behind this port: today the hub's API server (`kubernetes/hub/`).
 */
import type { MonotonicMs } from '../../base/clock.ts';
import type { KubernetesObject } from '../object.ts';
import type { ObjectReference } from '../object-reference.ts';
import type { ClaimedScope, ClaimLookup, ManagedLookup, ObjectLookup } from './lookup.ts';
import type { ArgocdSettings } from './parse-argocd-settings.ts';

export interface ApplicationQuestion {
  readonly reference: ObjectReference;
  /** Whether it must be read now: somebody may just have changed its operation. */
  readonly isFresh: boolean;
  readonly deadlineAtMs: MonotonicMs;
}

/** Every answer is a value, and none throws. */
export interface RemoteApplications {
  /** One that deploys to this cluster. One that deploys to another cluster is absent here, and says so. */
  readonly read: (question: ApplicationQuestion) => Promise<ObjectLookup>;
  /** Which of them list the object. */
  readonly findClaims: (reference: ObjectReference) => ClaimLookup;
  /** What they list in a namespace or of a kind: of a namespace only what its own search does not find. */
  readonly findClaimed: (scope: ClaimedScope) => ManagedLookup;
  /** For how long the Application has certainly been gone, wherever it deployed to; undefined if it is there, or nobody can tell. */
  readonly goneForMs: (namespace: string, name: string) => number | undefined;
  /** Calls with each of them, those that are known first, and then whenever one changes; until the answer is called. */
  readonly follow: (onApplication: (application: KubernetesObject) => void) => () => void;
  /** What argocd-cm says where Argo CD runs. The same object until it changes. */
  readonly argocdSettings: () => ArgocdSettings | undefined;
  /** What does not work now, for people. */
  readonly problem: () => string | undefined;
  readonly close: () => Promise<void>;
}
