/** What `kubectl edit` sends. */
import { attack } from '../support/attack/attack.ts';

attack('patch a field', {
  attempt: ({ kubectl }) =>
    kubectl(['patch', 'deployment', 'web', '-p', '{"spec":{"replicas":5}}']),
  says: 'deployments.apps {namespace}/web is managed by the Argo CD application "{namespace}" and changes only through Git.',
  refusedBy: 'gitops_only_writes',
});
