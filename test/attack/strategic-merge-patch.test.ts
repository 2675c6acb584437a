/** What `kubectl edit` sends. */
import { attack } from '../support/attack/attack.ts';

attack('patch a field', {
  attempt: ({ kubectl }) =>
    kubectl(['patch', 'deployment', 'web', '-p', '{"spec":{"replicas":5}}']),
  code: 'managed_object_changed',
  refusedBy: 'gitops_only_writes',
});
