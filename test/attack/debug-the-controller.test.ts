/** An ephemeral container sees the controller’s files. */
import { attack } from '../support/attack/attack.ts';

attack('debug the controller’s pod', {
  attempt: ({ request }) =>
    request('/api/v1/namespaces/argocd/pods/argocd-application-controller-0/ephemeralcontainers', {
      method: 'PATCH',
      patchType: 'application/strategic-merge-patch+json',
      body: { spec: { ephemeralContainers: [{ name: 'debug', image: 'evil' }] } },
    }),
  code: 'writer_pod_entered',
  refusedBy: 'gitops_accounts',
});
