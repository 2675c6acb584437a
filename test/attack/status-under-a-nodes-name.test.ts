/** A kubelet reports on its node, its pods and their volumes. */
import { attack } from '../support/attack/attack.ts';
import { AS_NODE } from '../support/attack/control-plane-names.ts';

attack('forge the status of a Deployment as a node', {
  attempt: ({ kubectl }) =>
    kubectl([
      'patch',
      'deployment',
      'web',
      '--subresource=status',
      '--type=merge',
      '-p',
      '{"status":{"availableReplicas":7,"readyReplicas":7,"replicas":7}}',
      ...AS_NODE,
    ]),
  code: 'managed_object_changed',
  refusedBy: 'gitops_only_writes',
});
