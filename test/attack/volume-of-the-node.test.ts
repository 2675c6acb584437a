/** A pod that mounts a claim says nothing of the files of its node: the volume behind the claim does. */
import { attack } from '../support/attack/attack.ts';

attack('make a volume of the files of the controller’s node', {
  attempt: ({ kubectl, namespace }) =>
    kubectl(['create', '-f', '-'], {
      input: {
        apiVersion: 'v1',
        kind: 'PersistentVolume',
        metadata: { name: `${namespace}-root` },
        spec: {
          accessModes: ['ReadWriteOnce'],
          capacity: { storage: '1Mi' },
          claimRef: { namespace, name: 'root' },
          hostPath: { path: '/' },
        },
      },
    }),
  alsoWatched: ({ namespace }) => [`/api/v1/persistentvolumes/${namespace}-root`],
  code: 'node_taken_over',
  refusedBy: 'node_access',
});
