/** A pod without its controller's label is nobody's: it could be changed, and given back with another image. */
import { attack } from '../support/attack/attack.ts';
import { findChildName } from '../support/attack/find-child.ts';

attack('take a pod from its ReplicaSet by its label', {
  attempt: async (ground) =>
    ground.kubectl(['label', 'pod', await findChildName(ground), 'pod-template-hash-']),
  code: 'managed_child_released',
  refusedBy: 'managed_children',
});
