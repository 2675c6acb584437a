/** Labels select: policies, services, other controllers. */
import { attack } from '../support/attack/attack.ts';

attack('label an object', {
  attempt: ({ kubectl }) => kubectl(['label', 'deployment/web', 'team=mine']),
  says: 'deployments.apps {namespace}/web is managed by the Argo CD application "{namespace}" and changes only through Git.',
  refusedBy: 'gitops_only_writes',
});
