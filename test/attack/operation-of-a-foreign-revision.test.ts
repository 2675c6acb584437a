/** A sync that somebody started by hand. */
import { attack } from '../support/attack/attack.ts';

attack('start a sync of another revision', {
  attempt: ({ request, namespace }) =>
    request(`/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/${namespace}`, {
      method: 'PATCH',
      body: { operation: { sync: { revision: 'deadbeef' } } },
    }),
  code: 'gitops_control_plane_changed',
  refusedBy: 'gitops_control_plane',
});
