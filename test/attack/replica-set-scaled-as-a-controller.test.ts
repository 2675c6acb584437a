/** Only the Deployment's controller scales its ReplicaSets, and never by their scale. */
import { attack } from '../support/attack/attack.ts';
import { asController, firstOf } from '../support/attack/control-plane-names.ts';

attack('scale a ReplicaSet as another controller', {
  attempt: async (ground) => {
    const { metadata } = await firstOf(
      ground,
      '/apis/apps/v1',
      'replicasets?labelSelector=app%3Dweb',
    );
    const name = `replicaset/${metadata?.name ?? ''}`;
    return ground.kubectl(['scale', name, '--replicas=9', ...asController('job-controller')]);
  },
  code: 'child_of_another_controller',
  refusedBy: 'platform_children',
});
