/** Tells Flux to leave the object alone. */
import { attack } from '../support/attack/attack.ts';

attack('switch reconciliation off', {
  attempt: ({ kubectl }) =>
    kubectl(['annotate', 'configmap/settings', 'kustomize.toolkit.fluxcd.io/reconcile=disabled']),
  says: 'configmaps {namespace}/settings is managed by the Argo CD application "{namespace}" and changes only through Git.',
  refusedBy: 'protected_keys',
});
