/** The status subresource of built-in kinds lets annotations through. */
import { attack } from '../support/attack/attack.ts';

attack('annotate through the status subresource', {
  attempt: ({ request, namespace }) =>
    request(`/apis/apps/v1/namespaces/${namespace}/deployments/web/status`, {
      method: 'PATCH',
      body: { metadata: { annotations: { 'argocd.argoproj.io/tracking-id': null } } },
    }),
  says: 'deployments.apps {namespace}/web is managed by the Argo CD application "{namespace}" and changes only through Git. This would take it out of Git\'s hands.',
  refusedBy: 'protected_keys',
});
