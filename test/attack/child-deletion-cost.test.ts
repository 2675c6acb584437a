/** Says which pods go first when there is one too many. */
import { attack } from '../support/attack/attack.ts';
import { findChildName } from '../support/attack/find-child.ts';

attack('decide which pod of a ReplicaSet is deleted first', {
  attempt: async (ground) =>
    ground.kubectl([
      'annotate',
      'pod',
      await findChildName(ground),
      'controller.kubernetes.io/pod-deletion-cost=2147483647',
    ]),
  code: 'managed_child_released',
  refusedBy: 'managed_children',
});
