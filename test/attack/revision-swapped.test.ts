/** An old commit is a rollback that nobody reviewed. */
import { attack } from '../support/attack/attack.ts';

attack('point an application at another revision', {
  attempt: ({ request, namespace }) =>
    request(`/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/${namespace}`, {
      method: 'PATCH',
      body: { spec: { source: { targetRevision: 'HEAD~1' } } },
    }),
  alsoWatched: ({ namespace }) => [
    `/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/${namespace}`,
  ],
  code: 'gitops_control_plane_changed',
  refusedBy: 'gitops_control_plane',
});
