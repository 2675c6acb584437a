/** Git has version v2; the change comes in v1. */
import { attack } from '../support/attack/attack.ts';

attack('change an object through another version of its API', {
  files: {
    'autoscaler.json': {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'web' },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
        minReplicas: 1,
        maxReplicas: 2,
      },
    },
  },
  attempt: ({ request, namespace }) =>
    request(`/apis/autoscaling/v1/namespaces/${namespace}/horizontalpodautoscalers/web`, {
      method: 'PATCH',
      body: { spec: { maxReplicas: 50 } },
    }),
  alsoWatched: ({ namespace }) => [
    `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers/web`,
  ],
  code: 'managed_object_changed',
  refusedBy: 'gitops_only_writes',
});
