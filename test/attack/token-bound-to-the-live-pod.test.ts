/** This one would even name the live pod. */
import { attack } from '../support/attack/attack.ts';

attack('mint a token that is bound to the controller’s pod', {
  attempt: ({ kubectl }) =>
    kubectl([
      'create',
      'token',
      'argocd-application-controller',
      '-n',
      'argocd',
      '--bound-object-kind=Pod',
      '--bound-object-name=argocd-application-controller-0',
    ]),
  says: "serviceaccounts argocd/argocd-application-controller is the account of the GitOps controller: only a node may request its token, for the controller's pod.",
  refusedBy: 'gitops_accounts',
});
