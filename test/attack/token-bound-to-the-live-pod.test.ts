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
  code: 'writer_token_requested',
  refusedBy: 'gitops_accounts',
});
