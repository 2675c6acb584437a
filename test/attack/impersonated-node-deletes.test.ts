/** A node deletes pods of its own and nothing else. */
import { attack } from '../support/attack/attack.ts';
import { AS_NODE } from '../support/attack/control-plane-names.ts';

attack('delete an object as a node', {
  attempt: ({ kubectl }) => kubectl(['delete', 'deployment/web', '--wait=false', ...AS_NODE]),
  code: 'managed_object_deleted',
  refusedBy: 'gitops_only_writes',
});
