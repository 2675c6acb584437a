/** Argo CD deploys what an Application says, and this account may write Applications. */
import { attack } from '../support/attack/attack.ts';

attack('mint a token of the ApplicationSet controller', {
  attempt: ({ kubectl }) =>
    kubectl(['create', 'token', 'argocd-applicationset-controller', '-n', 'argocd']),
  code: 'writer_token_requested',
  refusedBy: 'gitops_accounts',
});
