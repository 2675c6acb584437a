/** Labels select: policies, services, other controllers. */
import { attack } from '../support/attack/attack.ts';

attack('label an object', {
  attempt: ({ kubectl }) => kubectl(['label', 'deployment/web', 'team=mine']),
  code: 'managed_object_changed',
  refusedBy: 'gitops_only_writes',
});
