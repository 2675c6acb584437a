/** Without it Holdfast reads nothing any more. */
import { attack } from '../support/attack/attack.ts';

attack('delete the account of Holdfast', {
  attempt: ({ kubectl }) =>
    kubectl(['delete', 'serviceaccount', 'holdfast', '-n', 'holdfast-system', '--dry-run=server']),
  webhook: 'self.holdfast.dev',
  code: 'gitops_installation_changed',
  refusedBy: 'gitops_namespaces',
});
