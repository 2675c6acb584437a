/** A Deployment adopts a ReplicaSet that its selector matches. */
import { attack } from '../support/attack/attack.ts';

attack('have a Deployment adopt a ReplicaSet', {
  attempt: ({ kubectl }) =>
    kubectl(['create', '-f', '-'], {
      input: {
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
        metadata: { name: 'evil', labels: { app: 'web' } },
        spec: {
          replicas: 1,
          selector: { matchLabels: { app: 'web', evil: 'yes' } },
          template: {
            metadata: { labels: { app: 'web', evil: 'yes' } },
            spec: { containers: [{ name: 'web', image: 'evil:latest' }] },
          },
        },
      },
    }),
  alsoWatched: ({ namespace }) => [`/apis/apps/v1/namespaces/${namespace}/replicasets/evil`],
  code: 'managed_child_adopted',
  refusedBy: 'managed_children',
});
