/** Its ports are not for everyone. */
import { attack } from '../support/attack/attack.ts';

attack('forward a port of the controller’s pod', {
  attempt: ({ request }) =>
    request('/api/v1/namespaces/argocd/pods/argocd-application-controller-0/proxy/metrics', {
      method: 'GET',
    }),
  webhook: 'connect.holdfast.dev',
  code: 'writer_pod_entered',
  refusedBy: 'gitops_accounts',
});
