/** With its finalizer it takes everything along. */
import { attack } from '../support/attack/attack.ts';

attack('delete an application', {
  attempt: ({ kubectl, namespace }) =>
    kubectl(['delete', `application/${namespace}`, '-n', 'argocd', '--wait=false']),
  code: 'gitops_control_plane_changed',
  refusedBy: 'gitops_control_plane',
});
