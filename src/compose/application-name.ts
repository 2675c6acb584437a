/** From an application of Argo CD or Flux to its name, and back. */
import {
  applicationReference,
  helmReleaseReference,
  kustomizationReference,
  type ObjectReference,
} from '../kubernetes/object-reference.ts';
import type { ApplicationName } from '../source/commits/deployed-commits.ts';
import { APPLICATION_KINDS } from '../source/commits/settings.ts';

/** `undefined` for what deploys no commits. */
export function applicationOf({
  kind: found,
  namespace = '',
  name,
}: ObjectReference): ApplicationName | undefined {
  const kind = APPLICATION_KINDS.find((each) => each === found);
  return kind && { kind, namespace, name };
}

/** Where the application is in the cluster. */
export function referenceOf({ kind, namespace, name }: ApplicationName): ObjectReference {
  switch (kind) {
    case 'Application':
      return applicationReference(namespace, name);
    case 'Kustomization':
      return kustomizationReference(namespace, name);
    case 'HelmRelease':
      return helmReleaseReference(namespace, name);
  }
}
