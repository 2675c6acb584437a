/** From a managed object to its application's source. The application is looked up; what it says is parsed elsewhere. */
import type { ObjectReference } from '../kubernetes/object-reference.ts';
import type { ObjectFact } from '../ownership/object-fact.ts';
import { parseApplication } from './parse-application.ts';
import type { SourceFact } from './source-fact.ts';

/** The answer of a lookup in the cluster, or in a snapshot of one. */
export type LookedUp =
  | { readonly status: 'found'; readonly object: unknown }
  | { readonly status: 'absent' }
  | { readonly status: 'unavailable'; readonly code: string; readonly reason: string };

export type LookUpObject = (reference: ObjectReference, deadlineAtMs: number) => Promise<LookedUp>;

export type FoundSource =
  | { readonly status: 'known'; readonly value: SourceFact | null }
  | { readonly status: 'unavailable'; readonly code: string; readonly reason: string };

export interface SourceFinderOptions {
  readonly lookUpObject: LookUpObject;
  /** The namespace of Argo CD's control plane; tracking marks name applications elsewhere as `<namespace>_<name>`. */
  readonly argocdNamespace: string;
}

/** `null` where no application is known: the object is not Argo CD's, or the Application is gone. */
export function createSourceFinder({ lookUpObject, argocdNamespace }: SourceFinderOptions) {
  return async (object: ObjectFact, deadlineAtMs: number): Promise<FoundSource> => {
    if (object.tool !== 'argocd' || object.app === undefined)
      return { status: 'known', value: null };
    const found = await lookUpObject(
      applicationReference(object.appNamespace ?? argocdNamespace, object.app),
      deadlineAtMs,
    );
    switch (found.status) {
      case 'absent':
        return { status: 'known', value: null };
      case 'unavailable':
        return found;
      case 'found':
        return read(found.object);
    }
  };
}

function applicationReference(namespace: string, name: string): ObjectReference {
  return {
    group: 'argoproj.io',
    version: 'v1alpha1',
    resource: 'applications',
    kind: 'Application',
    namespace,
    name,
  };
}

function read(object: unknown): FoundSource {
  const parsed = parseApplication(object);
  return parsed.ok
    ? { status: 'known', value: parsed.source }
    : { status: 'unavailable', code: 'fact_unavailable', reason: parsed.reason };
}
