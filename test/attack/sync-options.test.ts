/** Tells Argo CD never to prune the object. */
import { attack } from '../support/attack/attack.ts';

attack('set a sync option', {
  attempt: ({ kubectl }) =>
    kubectl(['annotate', 'configmap/settings', 'argocd.argoproj.io/sync-options=Prune=false']),
  says: 'configmaps {namespace}/settings is managed by the Argo CD application "{namespace}" and changes only through Git.',
  refusedBy: 'protected_keys',
});
