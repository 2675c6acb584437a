/** A ReplicaSet counts every pod that its selector matches and nobody controls: Argo CD says Synced and Healthy. */
import { attack } from '../support/attack/attack.ts';
import { findChild } from '../support/attack/find-child.ts';

attack('have a ReplicaSet adopt a pod of another image', {
  attempt: async (ground) => {
    const { metadata } = await findChild(ground);
    return ground.kubectl(['create', '-f', '-'], {
      input: {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'evil', labels: metadata?.labels },
        spec: { containers: [{ name: 'web', image: 'evil:latest' }] },
      },
    });
  },
  alsoWatched: ({ namespace }) => [`/api/v1/namespaces/${namespace}/pods/evil`],
  code: 'managed_child_adopted',
  refusedBy: 'managed_children',
});
