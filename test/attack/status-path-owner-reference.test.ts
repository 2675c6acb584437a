/** And owner references. */
import { attack } from '../support/attack/attack.ts';

attack('set an owner reference through the status subresource', {
  attempt: ({ request, namespace }) =>
    request(`/apis/apps/v1/namespaces/${namespace}/deployments/web/status`, {
      method: 'PATCH',
      body: {
        metadata: {
          ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'gone', uid: 'dead' }],
        },
      },
    }),
  code: 'protected_key_changed',
  refusedBy: 'protected_keys',
});
