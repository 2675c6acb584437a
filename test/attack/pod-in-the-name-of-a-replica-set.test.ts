/** Anybody can write an owner reference on what he creates. */
import { attack } from '../support/attack/attack.ts';
import { findChild } from '../support/attack/find-child.ts';

attack('make a pod in the name of a ReplicaSet', {
  attempt: async (ground) => {
    const { metadata } = await findChild(ground);
    const ownerReferences = metadata?.ownerReferences?.map((owner) => ({
      ...owner,
      blockOwnerDeletion: false,
    }));
    return ground.kubectl(['create', '-f', '-'], {
      input: {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'evil', labels: metadata?.labels, ownerReferences },
        spec: { containers: [{ name: 'web', image: 'evil:latest' }] },
      },
    });
  },
  alsoWatched: ({ namespace }) => [`/api/v1/namespaces/${namespace}/pods/evil`],
  code: 'managed_child_forged',
  refusedBy: 'managed_children',
});
