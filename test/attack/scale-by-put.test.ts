/** The same subresource, whole. */
import { attack } from '../support/attack/attack.ts';

attack('write a Scale', {
  attempt: async ({ request, namespace }) => {
    const path = `/apis/apps/v1/namespaces/${namespace}/deployments/web/scale`;
    const { body } = await request(path, { method: 'GET' });
    return request(path, { method: 'PUT', body: { ...body, spec: { replicas: 0 } } });
  },
  says: 'deployments.apps {namespace}/web is managed by the Argo CD application "{namespace}" and is scaled only through Git or by its autoscaler.',
  refusedBy: 'gitops_only_writes',
});
