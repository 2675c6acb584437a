/** The name of a component that needs no uid, for what a person is refused. */
import { attack } from '../support/attack/attack.ts';

attack('make a volume of the files of a node under the name of kube-proxy', {
  attempt: ({ kubectl, namespace }) =>
    kubectl(['create', '--as=system:kube-proxy', '--as-group=system:masters', '-f', '-'], {
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
