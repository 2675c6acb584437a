/** The pods stay, and belong to nobody. */
import { attack } from '../support/attack/attack.ts';

attack('delete a Deployment and leave its pods', {
  attempt: ({ kubectl }) =>
    kubectl(['delete', 'deployment/web', '--cascade=orphan', '--wait=false']),
  says: 'deployments.apps {namespace}/web is managed by the Argo CD application "{namespace}" and is deleted only through Git.',
  refusedBy: 'gitops_only_writes',
});
