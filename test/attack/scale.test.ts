/** Through the scale subresource, whose body carries no mark. */
import { attack } from '../support/attack/attack.ts';

attack('scale a Deployment', {
  attempt: ({ kubectl }) => kubectl(['scale', 'deployment/web', '--replicas=0']),
  says: 'deployments.apps {namespace}/web is managed by the Argo CD application "{namespace}" and is scaled only through Git or by its autoscaler.',
  refusedBy: 'gitops_only_writes',
});
