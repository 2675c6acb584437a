/** Its application is gone, and nobody in the configuration clears what was left behind. */
import { attack } from '../support/attack/attack.ts';
import { deleteApplication } from '../support/attack/leave-behind.ts';

attack('delete what an application left behind', {
  prepare: ({ cluster, namespace }) => deleteApplication(cluster, namespace),
  attempt: ({ kubectl }) => kubectl(['delete', 'configmap/settings', '--wait=false']),
  code: 'managed_object_deleted',
  refusedBy: 'gitops_only_writes',
});
