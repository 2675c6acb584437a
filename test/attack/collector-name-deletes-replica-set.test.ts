/** A ReplicaSet has an owner, and the owner is there: the garbage collector leaves it alone. */
import { attack } from '../support/attack/attack.ts';
import { asController, firstOf } from '../support/attack/control-plane-names.ts';

attack('delete a ReplicaSet as the garbage collector with a uid', {
  attempt: async (ground) => {
    const replicaSets = 'replicasets?labelSelector=app%3Dweb';
    const { metadata } = await firstOf(ground, '/apis/apps/v1', replicaSets);
    return await ground.kubectl([
      'delete',
      `replicaset/${metadata?.name ?? ''}`,
      '--wait=false',
      ...asController('generic-garbage-collector'),
    ]);
  },
  webhook: 'children.holdfast.dev',
  code: 'child_of_another_controller',
  refusedBy: 'platform_children',
});
