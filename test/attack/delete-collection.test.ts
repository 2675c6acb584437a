/** Each item of a collection reaches the webhook without a name in the request. */
import { attack } from '../support/attack/attack.ts';

attack('delete a collection', {
  attempt: ({ request, namespace }) =>
    request(`/api/v1/namespaces/${namespace}/configmaps`, { method: 'DELETE' }),
  code: 'managed_object_deleted',
  refusedBy: 'gitops_only_writes',
});
