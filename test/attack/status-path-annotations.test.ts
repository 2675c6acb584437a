/** The status subresource of built-in kinds lets annotations through. */
import { attack } from '../support/attack/attack.ts';

attack('annotate through the status subresource', {
  attempt: ({ request, namespace }) =>
    request(`/apis/apps/v1/namespaces/${namespace}/deployments/web/status`, {
      method: 'PATCH',
      body: { metadata: { annotations: { 'argocd.argoproj.io/tracking-id': null } } },
    }),
  code: 'protected_key_changed',
  refusedBy: 'protected_keys',
});
