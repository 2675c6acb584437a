/** Tells Flux not to apply the object. */
import { attack } from '../support/attack/attack.ts';

attack('have server-side apply skip the object', {
  attempt: ({ kubectl }) =>
    kubectl(['annotate', 'configmap/settings', 'kustomize.toolkit.fluxcd.io/ssa=Ignore']),
  says: 'configmaps {namespace}/settings is managed by the Argo CD application "{namespace}" and changes only through Git.',
  refusedBy: 'protected_keys',
});
