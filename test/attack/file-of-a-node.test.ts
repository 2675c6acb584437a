/** The kubelet reads below /var/log as root, and follows links. */
import { attack } from '../support/attack/attack.ts';

attack('read a file of a node through its kubelet', {
  attempt: ({ request }) =>
    request('/api/v1/nodes/worker-1/proxy/logs/link/token', { method: 'GET' }),
  webhook: 'connect.holdfast.dev',
  code: 'node_proxy_entered',
  refusedBy: 'node_access',
});
