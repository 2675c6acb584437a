/** The classic. */
import { attack } from '../support/attack/attack.ts';

attack('set an image', {
  attempt: ({ kubectl }) =>
    kubectl(['set', 'image', 'deployment/web', 'web=registry.local/evil:1']),
  code: 'managed_object_changed',
  refusedBy: 'gitops_only_writes',
});
