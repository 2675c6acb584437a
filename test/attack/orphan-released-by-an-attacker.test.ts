/** Without its mark it would be anybody's. */
import { attack } from '../support/attack/attack.ts';
import { deleteApplication } from '../support/attack/leave-behind.ts';

attack('take the mark off what an application left behind', {
  prepare: ({ cluster, namespace }) => deleteApplication(cluster, namespace),
  attempt: ({ kubectl }) =>
    kubectl(['annotate', 'configmap/settings', 'argocd.argoproj.io/tracking-id-']),
  code: 'protected_key_changed',
  refusedBy: 'protected_keys',
});
