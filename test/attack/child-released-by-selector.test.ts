/** Not only the hash: every label of the selector says whose a pod is. */
import { attack } from '../support/attack/attack.ts';
import { findChildName } from '../support/attack/find-child.ts';

attack('take a pod from its ReplicaSet by its selector', {
  attempt: async (ground) =>
    ground.kubectl(['label', '--overwrite', 'pod', await findChildName(ground), 'app=other']),
  code: 'managed_child_released',
  refusedBy: 'managed_children',
});
