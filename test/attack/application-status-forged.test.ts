/** The kind has no status subresource: who may patch it can write its status. */
import { attack } from '../support/attack/attack.ts';

attack('forge the status of an application', {
  attempt: ({ request, namespace }) =>
    request(`/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/${namespace}`, {
      method: 'PATCH',
      body: { status: { sync: { status: 'Synced', revision: 'deadbeef' } } },
    }),
  code: 'gitops_control_plane_changed',
  refusedBy: 'gitops_control_plane',
});
