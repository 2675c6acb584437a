/** Argo CD does not see what Git never declared: without a refusal it would stay for ever. */
import { attack } from '../support/attack/attack.ts';

attack('add a key', {
  attempt: ({ kubectl }) =>
    kubectl(['patch', 'configmap', 'settings', '--type=merge', '-p', '{"data":{"debug":"true"}}']),
  says: 'configmaps {namespace}/settings is managed by the Argo CD application "{namespace}" and changes only through Git.',
  refusedBy: 'gitops_only_writes',
});
