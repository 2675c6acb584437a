/** Whoever is root on the node that a pod runs on has its secrets. */
import { attack } from '../support/attack/attack.ts';
import { findChildName } from '../support/attack/find-child.ts';

attack('bind a pod to a node', {
  attempt: async (ground) => {
    const name = await findChildName(ground);
    return ground.request(`/api/v1/namespaces/${ground.namespace}/pods/${name}/binding`, {
      method: 'POST',
      body: {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { name },
        target: { kind: 'Node', name: 'worker-1' },
      },
    });
  },
  code: 'managed_child_bound',
  refusedBy: 'managed_children',
});
