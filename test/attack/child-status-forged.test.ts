/** A pod that says that it has failed is replaced, and one that says that it is ready gets traffic. */
import { attack } from '../support/attack/attack.ts';
import { findChildName } from '../support/attack/find-child.ts';

attack('forge the status of a pod', {
  attempt: async (ground) =>
    ground.request(
      `/api/v1/namespaces/${ground.namespace}/pods/${await findChildName(ground)}/status`,
      { method: 'PATCH', body: { status: { phase: 'Failed' } } },
    ),
  code: 'managed_child_changed',
  refusedBy: 'managed_children',
});
