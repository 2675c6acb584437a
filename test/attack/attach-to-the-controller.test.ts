/** Standard input of the controller. */
import { attack } from '../support/attack/attack.ts';

attack('attach to the controller’s pod', {
  attempt: ({ kubectl }) => kubectl(['attach', '-n', 'argocd', 'argocd-application-controller-0']),
  says: 'Nobody enters pods of namespace "argocd" (attach into argocd-application-controller-0): the GitOps controller\'s token is in there.',
  refusedBy: 'gitops_accounts',
});
