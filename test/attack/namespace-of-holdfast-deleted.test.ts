/** Everything of Holdfast goes with it. */
import { attack } from '../support/attack/attack.ts';

attack('delete the namespace of Holdfast', {
  attempt: ({ request }) =>
    request('/api/v1/namespaces/holdfast-system?dryRun=All', { method: 'DELETE', body: {} }),
  webhook: 'self.holdfast.dev',
  code: 'gitops_installation_changed',
  refusedBy: 'gitops_namespaces',
});
