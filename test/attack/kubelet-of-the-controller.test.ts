/** The kubelet runs commands in any pod of its node. */
import { attack } from '../support/attack/attack.ts';

attack('run a command in the controller’s pod through its kubelet', {
  attempt: ({ request }) =>
    request('/api/v1/nodes/worker-1/proxy/run/argocd/argocd-application-controller-0/app?cmd=id', {
      method: 'POST',
      body: {},
    }),
  webhook: 'connect.holdfast.dev',
  code: 'node_proxy_entered',
  refusedBy: 'node_access',
});
