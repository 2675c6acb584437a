/** A status that no controller observed. */
import { attack } from '../support/attack/attack.ts';

attack('forge the status', {
  attempt: ({ request, namespace }) =>
    request(`/apis/apps/v1/namespaces/${namespace}/deployments/web/status`, {
      method: 'PATCH',
      body: { status: { availableReplicas: 7, readyReplicas: 7, replicas: 7 } },
    }),
  code: 'managed_object_changed',
  refusedBy: 'gitops_only_writes',
});
