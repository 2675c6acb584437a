/** The account behind the user interface is a person’s hand. */
import { attack } from '../support/attack/attack.ts';

attack('write as the server of Argo CD', {
  attempt: ({ kubectl }) =>
    kubectl([
      'patch',
      'configmap',
      'settings',
      '--type=merge',
      '-p',
      '{"data":{"greeting":"hacked"}}',
      '--as=system:serviceaccount:argocd:argocd-server',
      '--as-group=system:masters',
    ]),
  code: 'managed_object_changed',
  refusedBy: 'gitops_only_writes',
});
