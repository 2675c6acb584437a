/** A paused Deployment no longer follows Git. */
import { attack } from '../support/attack/attack.ts';

attack('pause a Deployment', {
  attempt: ({ kubectl }) => kubectl(['rollout', 'pause', 'deployment/web']),
  says: 'deployments.apps {namespace}/web is managed by the Argo CD application "{namespace}" and changes only through Git.',
  refusedBy: 'gitops_only_writes',
});
