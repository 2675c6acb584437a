/** A Deployment goes on with its rollout by what its ReplicaSets report. */
import { attack } from '../support/attack/attack.ts';
import { firstOf } from '../support/attack/control-plane-names.ts';

attack('forge the status of a ReplicaSet', {
  attempt: async (ground) => {
    const { metadata } = await firstOf(
      ground,
      '/apis/apps/v1',
      'replicasets?labelSelector=app%3Dweb',
    );
    const path = `/apis/apps/v1/namespaces/${ground.namespace}/replicasets/${metadata?.name ?? ''}`;
    return ground.request(`${path}/status`, {
      method: 'PATCH',
      body: { status: { availableReplicas: 7, readyReplicas: 7, replicas: 7 } },
    });
  },
  code: 'managed_child_changed',
  refusedBy: 'managed_children',
});
