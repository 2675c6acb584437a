/** Its ports are not for everyone. */
import { attack } from '../support/attack/attack.ts';

attack('forward a port of the controller’s pod', {
  attempt: ({ request }) =>
    request('/api/v1/namespaces/argocd/pods/argocd-application-controller-0/proxy/metrics', {
      method: 'GET',
    }),
  says: 'Nobody enters pods of namespace "argocd" (proxy into argocd-application-controller-0): the GitOps controller\'s token is in there.',
  refusedBy: 'gitops_accounts',
});
