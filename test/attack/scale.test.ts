/** Through the scale subresource, whose body carries no mark. */
import { attack } from '../support/attack/attack.ts';

attack('scale a Deployment', {
  attempt: ({ kubectl }) => kubectl(['scale', 'deployment/web', '--replicas=0']),
  code: 'managed_object_scaled',
  refusedBy: 'gitops_only_writes',
});
