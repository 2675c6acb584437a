/** A group makes nobody a GitOps controller. */
import { attack } from '../support/attack/attack.ts';

attack('be in every group', {
  attempt: ({ kubectl }) =>
    kubectl([
      'patch',
      'configmap',
      'settings',
      '--type=merge',
      '-p',
      '{"data":{"greeting":"hacked"}}',
      '--as=alice',
      '--as-group=system:masters',
      '--as-group=system:serviceaccounts:kube-system',
    ]),
  code: 'managed_object_changed',
  refusedBy: 'gitops_only_writes',
});
