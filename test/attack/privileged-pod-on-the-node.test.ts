/** Root on the node has the token of every pod on it. */
import { attack } from '../support/attack/attack.ts';

attack('take over the node that runs the controller', {
  attempt: ({ kubectl }) =>
    kubectl(['create', '-f', '-'], {
      input: {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'debugger' },
        spec: {
          nodeName: 'worker-1',
          hostPID: true,
          containers: [{ name: 'app', image: 'evil', securityContext: { privileged: true } }],
          volumes: [{ name: 'root', hostPath: { path: '/' } }],
        },
      },
    }),
  alsoWatched: ({ namespace }) => [`/api/v1/namespaces/${namespace}/pods/debugger`],
  code: 'node_taken_over',
  refusedBy: 'node_access',
});
