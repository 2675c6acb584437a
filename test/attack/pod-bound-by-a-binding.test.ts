/** The older way to bind a pod: a Binding that is made in its namespace. */
import { attack } from '../support/attack/attack.ts';
import { findChildName } from '../support/attack/find-child.ts';

attack('bind a pod with a Binding of its name', {
  attempt: async (ground) => {
    const name = await findChildName(ground);
    return ground.request(`/api/v1/namespaces/${ground.namespace}/bindings`, {
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
