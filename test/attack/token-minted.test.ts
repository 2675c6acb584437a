/** A token of the controller’s account is the controller. */
import { attack } from '../support/attack/attack.ts';

attack('mint a token of the controller', {
  attempt: ({ kubectl }) =>
    kubectl(['create', 'token', 'argocd-application-controller', '-n', 'argocd']),
  says: "serviceaccounts argocd/argocd-application-controller is the account of the GitOps controller: only a node may request its token, for the controller's pod.",
  refusedBy: 'gitops_accounts',
});
