/** Services send to the address that a pod's status names, and a node's name writes that. */
import { attack } from '../support/attack/attack.ts';
import { showNode } from '../support/attack/impersonate-node.ts';

const PATH = '/api/v1/namespaces/argocd/pods/argocd-application-controller-0';

attack('give the controller’s pod another address under a node’s name', {
  prepare: showNode,
  attempt: ({ request }) =>
    request(`${PATH}/status`, {
      method: 'PATCH',
      body: { status: { podIP: '192.0.2.66', podIPs: [{ ip: '192.0.2.66' }] } },
      headers: {
        'impersonate-user': 'system:node:worker-1',
        'impersonate-group': ['system:nodes', 'system:masters'],
      },
    }),
  webhook: 'children.holdfast.dev',
  alsoWatched: () => [PATH],
  code: 'control_plane_credential_unknown',
  refusedBy: 'gitops_namespaces',
});
