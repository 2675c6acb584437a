/** A phase is a status: whoever may write it could say that the controller has ended. */
import { attack } from '../support/attack/attack.ts';

attack("say that the controller's pod has failed", {
  attempt: ({ request }) =>
    request('/api/v1/namespaces/argocd/pods/argocd-application-controller-0/status', {
      method: 'PATCH',
      body: { status: { phase: 'Failed' } },
    }),
  alsoWatched: () => ['/api/v1/namespaces/argocd/pods/argocd-application-controller-0'],
  code: 'gitops_pod_changed',
  refusedBy: 'managed_children',
});
