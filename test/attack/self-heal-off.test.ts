/** Then drift stays. */
import { attack } from '../support/attack/attack.ts';

attack('switch self-healing off', {
  attempt: ({ request, namespace }) =>
    request(`/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/${namespace}`, {
      method: 'PATCH',
      body: { spec: { syncPolicy: null } },
    }),
  alsoWatched: ({ namespace }) => [
    `/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/${namespace}`,
  ],
  code: 'gitops_control_plane_changed',
  refusedBy: 'gitops_control_plane',
});
