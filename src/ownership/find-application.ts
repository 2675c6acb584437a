/** The GitOps object that a mark names: an Argo CD Application, a Flux Kustomization or HelmRelease. */
import {
  applicationReference,
  helmReleaseReference,
  kustomizationReference,
} from '../kubernetes/object-reference.ts';
import type { ObjectReference } from '../kubernetes/object-reference.ts';
import type { ObjectFact } from './object-fact.ts';

/** Undefined where the mark names none: a release of the helm program, a selector, an inventory. */
export function findApplication({
  tool,
  app,
  appNamespace,
  mark = '',
}: Pick<ObjectFact, 'tool' | 'app' | 'appNamespace' | 'mark'>): ObjectReference | undefined {
  if (app === undefined || appNamespace === undefined) return undefined;
  if (tool === 'argocd') return applicationReference(appNamespace, app);
  if (mark.startsWith('label kustomize.')) return kustomizationReference(appNamespace, app);
  if (mark.startsWith('label helm.')) return helmReleaseReference(appNamespace, app);
  return undefined;
}
