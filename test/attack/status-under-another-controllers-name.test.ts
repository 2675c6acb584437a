/** Each controller reports on its own kinds. */
import { attack } from '../support/attack/attack.ts';
import { asController } from '../support/attack/control-plane-names.ts';

attack('forge the status of a Deployment as another controller', {
  attempt: ({ kubectl }) =>
    kubectl([
      'patch',
      'deployment',
      'web',
      '--subresource=status',
      '--type=merge',
      '-p',
      '{"status":{"availableReplicas":7,"readyReplicas":7,"replicas":7}}',
      ...asController('job-controller'),
    ]),
  code: 'managed_object_changed',
  refusedBy: 'gitops_only_writes',
});
