/** Tells Flux to leave the object alone. */
import { attack } from '../support/attack/attack.ts';

attack('switch reconciliation off', {
  attempt: ({ kubectl }) =>
    kubectl(['annotate', 'configmap/settings', 'kustomize.toolkit.fluxcd.io/reconcile=disabled']),
  code: 'protected_key_changed',
  refusedBy: 'protected_keys',
});
