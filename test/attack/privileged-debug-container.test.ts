/** A privileged container in anybody's pod is root on its node, and has the tokens of the controller beside it. */
import { attack } from '../support/attack/attack.ts';
import { findChild } from '../support/attack/find-child.ts';

attack('add a privileged container to a pod that runs', {
  attempt: async (ground) => {
    const { metadata } = await findChild(ground);
    return await ground.request(
      `/api/v1/namespaces/${ground.namespace}/pods/${metadata?.name ?? ''}/ephemeralcontainers`,
      {
        method: 'PATCH',
        body: {
          spec: {
            ephemeralContainers: [
              { name: 'debugger', image: 'evil', securityContext: { privileged: true } },
            ],
          },
        },
        patchType: 'application/strategic-merge-patch+json',
      },
    );
  },
  code: 'node_taken_over',
  refusedBy: 'node_access',
});
