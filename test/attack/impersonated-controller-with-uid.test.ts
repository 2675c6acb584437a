/** With the uid of the account, but without a pod. */
import { attack } from '../support/attack/attack.ts';

attack('impersonate the controller with a uid', {
  attempt: ({ kubectl }) =>
    kubectl([
      'patch',
      'configmap',
      'settings',
      '--type=merge',
      '-p',
      '{"data":{"greeting":"hacked"}}',
      '--as=system:serviceaccount:argocd:argocd-application-controller',
      '--as-uid=00000000-0000-4000-8000-000000000000',
    ]),
  code: 'writer_unproven',
  refusedBy: 'gitops_only_writes',
});
