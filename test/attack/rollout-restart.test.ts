/** Harmless by itself, and refused unless it is allowed. */
import { attack } from '../support/attack/attack.ts';

attack('restart a Deployment', {
  attempt: ({ kubectl }) => kubectl(['rollout', 'restart', 'deployment/web']),
  code: 'managed_object_changed',
  refusedBy: 'gitops_only_writes',
});
