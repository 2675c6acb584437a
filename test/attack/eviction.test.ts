/** An eviction is a deletion by another name. */
import { attack } from '../support/attack/attack.ts';

attack('evict a pod that Git has', {
  files: {
    'pod.json': {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'single' },
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [
          {
            name: 'app',
            image: 'registry.local/app:1',
            resources: { requests: { cpu: '2m' }, limits: { cpu: '4m' } },
          },
        ],
      },
    },
  },
  attempt: ({ request, namespace }) =>
    request(`/api/v1/namespaces/${namespace}/pods/single/eviction`, {
      method: 'POST',
      body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'single' } },
    }),
  alsoWatched: ({ namespace }) => [`/api/v1/namespaces/${namespace}/pods/single`],
  code: 'managed_object_deleted',
  refusedBy: 'gitops_only_writes',
});
