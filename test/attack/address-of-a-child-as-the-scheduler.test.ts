/** The scheduler reports on pods, and needs no uid; where the traffic of a pod goes is the kubelet's to say. */
import { attack } from '../support/attack/attack.ts';
import { findChildName } from '../support/attack/find-child.ts';

attack('send a pod’s traffic elsewhere under the scheduler’s name', {
  attempt: async (ground) =>
    ground.request(
      `/api/v1/namespaces/${ground.namespace}/pods/${await findChildName(ground)}/status`,
      {
        method: 'PATCH',
        body: { status: { podIP: '192.0.2.66', podIPs: [{ ip: '192.0.2.66' }] } },
        headers: {
          'impersonate-user': 'system:kube-scheduler',
          'impersonate-group': ['system:masters'],
        },
      },
    ),
  webhook: 'children.holdfast.dev',
  code: 'child_of_another_controller',
  refusedBy: 'platform_children',
});
