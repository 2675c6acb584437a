/** Who manages the object of a request (`input.facts.object` in Rego). */
import type { ObjectReference } from '../kubernetes/object-reference.ts';
import type { LeftBehind, Scaler } from '../kubernetes/lookup/lookup.ts';

export type ManagingTool = 'argocd' | 'flux' | 'helm' | 'scope' | 'selector';

/** A mark that says which application or Kustomization an object belongs to. */
export interface OwnershipMark {
  readonly tool: ManagingTool;
  /** The Argo CD application, the Flux object's or Helm release's name, or the name of a configured selector. */
  readonly app: string;
  readonly appNamespace?: string | undefined;
  /** Which mark said so: for example `annotation argocd.argoproj.io/tracking-id`. */
  readonly mark: string;
}

/** An answer of the cluster that only some rules wait for: without it those are strict, and the others judge. */
export type Answer<Value> =
  | { readonly status: 'known'; readonly value: Value }
  | { readonly status: 'unavailable'; readonly reason: string };

/** The managed object that a chain of controllers made this object for. */
export interface RootObject extends ObjectReference {
  readonly tool?: ManagingTool | undefined;
  readonly app?: string | undefined;
  readonly appNamespace?: string | undefined;
  /** The label keys by which it selects what it takes for its own; absent where its selector is not known. */
  readonly selectorKeys?: readonly string[] | undefined;
  /** For a pod that loses a label: the keys of those that its template declares; absent where that is not known. */
  readonly declaredLabels?: readonly string[] | undefined;
}

/** The managed StatefulSet whose volumeClaimTemplates a claim was made from, or the managed claim of a volume. */
export interface VolumeOwner extends RootObject {
  readonly uid: string;
  /** `spec.persistentVolumeClaimRetentionPolicy`: `Retain` where it says nothing. */
  readonly whenDeleted: string;
  readonly whenScaled: string;
  /** Git itself says, by an annotation of the StatefulSet, that its claims may be deleted. */
  readonly deletionAllowed: boolean;
}

/**
 * What has become of an owner: it is there, it is being deleted (in the foreground: it waits for what it owns), it is
 * gone, or nobody could tell.
 */
export type OwnerState = 'present' | 'deleting' | 'foreground' | 'gone' | 'unknown';

/** An owner reference of the stored object. */
export interface OwnerFact {
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly state: OwnerState;
}

/** What a workload's controller makes, beside the template it is made from. */
export interface TemplateFact {
  /** The owner is there, under the very uid. */
  readonly isOwned: boolean;
  /** Fields that the template declares otherwise, and additions that reach the node; empty where all is as declared. */
  readonly differences: readonly string[];
  /** Containers, volumes and variables beside those of the template, as mutating webhooks inject them. */
  readonly additions: readonly string[];
}

/** The pod that a token is asked for. */
export interface TokenPod {
  /** Empty where it is on no node yet. */
  readonly nodeName: string;
  readonly serviceAccountName: string;
}

export interface ObjectFact {
  /** The object is managed: by its old or by its new state, or through the object it belongs to. */
  readonly managed: boolean;
  /** The stored object already was managed. */
  readonly wasManaged: boolean;
  readonly tool?: ManagingTool | undefined;
  readonly app?: string | undefined;
  readonly appNamespace?: string | undefined;
  readonly mark?: string | undefined;
  /** False where a mark is present but names another object (a copied mark); such marks do not count. */
  readonly self: boolean;
  /**
   * For marks that are labels, which anybody can copy: the stored object's managedFields or an inventory say the same.
   * False never makes an object unmanaged: managedFields can be emptied, and an inventory may be out of reach.
   */
  readonly confirmed?: boolean | undefined;
  readonly scope: 'managed' | 'gitops-only' | 'exempt' | 'none';
  /** The object that this subresource or child belongs to. */
  readonly parent?: ObjectReference | undefined;
  /** Where the new state bears the mark of another application than the stored one: that other application. */
  readonly movesTo?: OwnershipMark | undefined;
  /** For a change or deletion: the object outlived its application. Absent where nobody can tell. */
  readonly leftBehind?: LeftBehind | undefined;
  /** For a creation: whether the application that the mark names lists the object as its own. */
  readonly listed?: Answer<boolean> | undefined;
  /**
   * For the deletion of a Namespace or a CustomResourceDefinition: managed objects that would be destroyed with it, those of
   * living applications first.
   */
  readonly destroys?:
    | readonly (ObjectReference & {
        readonly app?: string | undefined;
        readonly leftBehind?: LeftBehind | undefined;
      })[]
    | undefined;
  /** For a scale by the control plane or an operator: the autoscalers that target the object. */
  readonly scalers?: Answer<readonly Scaler[]> | undefined;
  /** For what a controller made, or is said to have made: the managed object at the end of its owners, or null. */
  readonly root?: Answer<RootObject | null> | undefined;
  /** For what has labels and no controller: the managed objects whose controllers would take it for their own. */
  readonly adopters?: Answer<readonly RootObject[]> | undefined;
  /** For EndpointSlices and Endpoints: the managed Services whose traffic they direct. */
  readonly services?: Answer<readonly RootObject[]> | undefined;
  /** For endpoints where GitOps or Holdfast is installed: new addresses that no pod has which they name. */
  readonly foreignAddresses?: Answer<readonly string[]> | undefined;
  /** For a pod that is bound by an account of the cluster: the scheduler that the pod names. */
  readonly schedulerName?: Answer<string> | undefined;
  /** For what can lose the data of a PersistentVolumeClaim or a PersistentVolume: whose it is, or null. */
  readonly volumeOwner?: Answer<VolumeOwner | null> | undefined;
  /** For what the garbage collector deletes or takes owners off: the owners of the stored object. */
  readonly owners?: readonly OwnerFact[] | undefined;
  /** For what a workload's controller makes: whether it is as its owner declares. Null where no controller is named. */
  readonly template?: Answer<TemplateFact | null> | undefined;
  /** For a volume that the control plane deletes or releases: what has become of the claim it is bound to. */
  readonly claim?: Answer<'present' | 'gone' | 'none'> | undefined;
  /** For a token that a node asks for: the pod that it is for, or null. */
  readonly tokenPod?: Answer<TokenPod | null> | undefined;
  /** For a deletion by the namespace controller: whether the namespace is going. Absent where nobody could tell. */
  readonly namespaceTerminating?: boolean | undefined;
}
