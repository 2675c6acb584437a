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
  says: 'deployments.apps {namespace}/web is managed by the Argo CD application "{namespace}" and is scaled only through Git or by its autoscaler.',
  refusedBy: 'gitops_only_writes',
});
