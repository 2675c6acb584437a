/** Gone until the next sync. */
import { attack } from '../support/attack/attack.ts';

attack('delete an object', {
  attempt: ({ kubectl }) => kubectl(['delete', 'configmap/settings', '--wait=false']),
  says: 'configmaps {namespace}/settings is managed by the Argo CD application "{namespace}" and is deleted only through Git.',
  refusedBy: 'gitops_only_writes',
});
