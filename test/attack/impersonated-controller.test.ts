/** Nobody can tell who impersonates; but the token of a pod is missing. */
import { attack } from '../support/attack/attack.ts';

attack('impersonate the controller', {
  attempt: ({ kubectl }) =>
    kubectl([
      'patch',
      'configmap',
      'settings',
      '--type=merge',
      '-p',
      '{"data":{"greeting":"hacked"}}',
      '--as=system:serviceaccount:argocd:argocd-application-controller',
    ]),
  code: 'writer_unproven',
  refusedBy: 'gitops_only_writes',
});
