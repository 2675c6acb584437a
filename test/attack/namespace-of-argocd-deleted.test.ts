/** Applications carry no mark where people made them, and go with the namespace. A dry run is judged like the deletion. */
import { attack } from '../support/attack/attack.ts';

attack('delete the namespace of Argo CD', {
  attempt: ({ request }) =>
    request('/api/v1/namespaces/argocd?dryRun=All', { method: 'DELETE', body: {} }),
  code: 'gitops_installation_changed',
  refusedBy: 'gitops_namespaces',
});
