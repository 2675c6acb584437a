/** A Binding bears no mark of its pod, and the name of kube-proxy needs no uid. */
import { attack } from '../support/attack/attack.ts';
import { findChildName } from '../support/attack/find-child.ts';

attack('bind a pod with a Binding under the name of kube-proxy', {
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
      headers: { 'impersonate-user': 'system:kube-proxy', 'impersonate-group': ['system:masters'] },
    });
  },
  code: 'managed_child_bound',
  refusedBy: 'managed_children',
});
