/** Harmless by itself, and refused unless it is allowed. */
import { attack } from '../support/attack/attack.ts';

attack('restart a Deployment', {
  attempt: ({ kubectl }) => kubectl(['rollout', 'restart', 'deployment/web']),
  says: 'deployments.apps {namespace}/web is managed by the Argo CD application "{namespace}" and changes only through Git.',
  refusedBy: 'gitops_only_writes',
});
