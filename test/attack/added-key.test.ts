/** Argo CD does not see what Git never declared: without a refusal it would stay for ever. */
import { attack } from '../support/attack/attack.ts';

attack('add a key', {
  attempt: ({ kubectl }) =>
    kubectl(['patch', 'configmap', 'settings', '--type=merge', '-p', '{"data":{"debug":"true"}}']),
  code: 'managed_object_changed',
  refusedBy: 'gitops_only_writes',
});
