/** The same subresource, whole. */
import { attack } from '../support/attack/attack.ts';

attack('write a Scale', {
  attempt: async ({ request, namespace }) => {
    const path = `/apis/apps/v1/namespaces/${namespace}/deployments/web/scale`;
    const { body } = await request(path, { method: 'GET' });
    return request(path, { method: 'PUT', body: { ...body, spec: { replicas: 0 } } });
  },
  code: 'managed_object_scaled',
  refusedBy: 'gitops_only_writes',
});
