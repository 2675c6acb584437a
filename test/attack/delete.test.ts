/** Gone until the next sync. */
import { attack } from '../support/attack/attack.ts';

attack('delete an object', {
  attempt: ({ kubectl }) => kubectl(['delete', 'configmap/settings', '--wait=false']),
  code: 'managed_object_deleted',
  refusedBy: 'gitops_only_writes',
});
