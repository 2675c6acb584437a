/** Tells Flux not to apply the object. */
import { attack } from '../support/attack/attack.ts';

attack('have server-side apply skip the object', {
  attempt: ({ kubectl }) =>
    kubectl(['annotate', 'configmap/settings', 'kustomize.toolkit.fluxcd.io/ssa=Ignore']),
  code: 'protected_key_changed',
  refusedBy: 'protected_keys',
});
