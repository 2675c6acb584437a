/** Then drift is not seen. */
import { attack } from '../support/attack/attack.ts';

attack('have differences ignored', {
  attempt: ({ request, namespace }) =>
    request(`/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/${namespace}`, {
      method: 'PATCH',
      body: { spec: { ignoreDifferences: [{ group: '*', kind: '*', jsonPointers: ['/spec'] }] } },
    }),
  alsoWatched: ({ namespace }) => [
    `/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/${namespace}`,
  ],
  code: 'gitops_control_plane_changed',
  refusedBy: 'gitops_control_plane',
});
