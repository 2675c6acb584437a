/** Standard input of the controller. */
import { attack } from '../support/attack/attack.ts';

attack('attach to the controller’s pod', {
  attempt: ({ kubectl }) => kubectl(['attach', '-n', 'argocd', 'argocd-application-controller-0']),
  webhook: 'connect.holdfast.dev',
  code: 'writer_pod_entered',
  refusedBy: 'gitops_accounts',
});
