/** As above, for the scale subresource. */
import { attack } from '../support/attack/attack.ts';

attack('scale as the autoscaler', {
  attempt: ({ kubectl }) =>
    kubectl([
      'scale',
      'deployment/web',
      '--replicas=0',
      '--as=system:serviceaccount:kube-system:horizontal-pod-autoscaler',
      '--as-group=system:masters',
    ]),
  code: 'managed_object_scaled',
  refusedBy: 'gitops_only_writes',
});
