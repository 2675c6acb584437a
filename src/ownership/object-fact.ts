/** Who manages the object of a request (DESIGN 3; `input.facts.object` in Rego). */
import type { ObjectReference } from '../kubernetes/object-reference.ts';

export type ManagingTool = 'argocd' | 'flux' | 'helm' | 'scope';

/** A mark that says which application or Kustomization an object belongs to. */
export interface OwnershipMark {
  readonly tool: ManagingTool;
  /** The Argo CD application, or the Flux object's name. */
  readonly app: string;
  readonly appNamespace?: string | undefined;
  /** Which mark said so: for example `annotation argocd.argoproj.io/tracking-id`. */
  readonly mark: string;
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
  readonly scope: 'managed' | 'gitops-only' | 'exempt' | 'none';
  /** The object that this subresource or child belongs to. */
  readonly parent?: ObjectReference | undefined;
  /** For the deletion of a Namespace: a managed object that would be destroyed with it. */
  readonly destroys?:
    readonly (ObjectReference & { readonly app?: string | undefined })[] | undefined;
}
