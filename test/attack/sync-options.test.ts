/** Tells Argo CD never to prune the object. */
import { attack } from '../support/attack/attack.ts';

attack('set a sync option', {
  attempt: ({ kubectl }) =>
    kubectl(['annotate', 'configmap/settings', 'argocd.argoproj.io/sync-options=Prune=false']),
  code: 'protected_key_changed',
  refusedBy: 'protected_keys',
});
