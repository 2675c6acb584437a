/** A container is added to a running pod, through a subresource. */
import { attack } from '../support/attack/attack.ts';

attack('add an ephemeral container to a pod that Git has', {
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
    request(`/api/v1/namespaces/${namespace}/pods/single/ephemeralcontainers`, {
      method: 'PATCH',
      body: { spec: { ephemeralContainers: [{ name: 'debug', image: 'evil' }] } },
      patchType: 'application/strategic-merge-patch+json',
    }),
  code: 'managed_object_changed',
  refusedBy: 'gitops_only_writes',
});
