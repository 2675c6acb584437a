/** The pods stay, and belong to nobody. */
import { attack } from '../support/attack/attack.ts';

attack('delete a Deployment and leave its pods', {
  attempt: ({ kubectl }) =>
    kubectl(['delete', 'deployment/web', '--cascade=orphan', '--wait=false']),
  code: 'managed_object_deleted',
  refusedBy: 'gitops_only_writes',
});
