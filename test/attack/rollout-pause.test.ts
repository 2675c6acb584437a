/** A paused Deployment no longer follows Git. */
import { attack } from '../support/attack/attack.ts';

attack('pause a Deployment', {
  attempt: ({ kubectl }) => kubectl(['rollout', 'pause', 'deployment/web']),
  code: 'managed_object_changed',
  refusedBy: 'gitops_only_writes',
});
