/** How an Argo CD Application is named. Source: argo-cd pkg/apis/application/v1alpha1/register.go. */
import type { ObjectReference } from './object-reference.ts';

/** The reference of one Application. */
export function applicationReference(namespace: string, name: string): ObjectReference {
  const kind = { group: 'argoproj.io', version: 'v1alpha1', resource: 'applications' };
  return { ...kind, kind: 'Application', namespace, name };
}
