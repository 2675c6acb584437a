/** Argo CD would leave the application alone. */
import { attack } from '../support/attack/attack.ts';

attack('have an application skipped', {
  attempt: ({ request, namespace }) =>
    request(`/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/${namespace}`, {
      method: 'PATCH',
      body: { metadata: { annotations: { 'argocd.argoproj.io/skip-reconcile': 'true' } } },
    }),
  alsoWatched: ({ namespace }) => [
    `/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/${namespace}`,
  ],
  code: 'gitops_control_plane_changed',
  refusedBy: 'gitops_control_plane',
});
