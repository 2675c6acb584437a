/** A token of the controller’s account is the controller. */
import { attack } from '../support/attack/attack.ts';

attack('mint a token of the controller', {
  attempt: ({ kubectl }) =>
    kubectl(['create', 'token', 'argocd-application-controller', '-n', 'argocd']),
  code: 'writer_token_requested',
  refusedBy: 'gitops_accounts',
});
