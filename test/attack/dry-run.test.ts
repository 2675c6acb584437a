/** A dry run is judged like the deed, so that a plan does not promise what would be refused. */
import { attack } from '../support/attack/attack.ts';

attack('get another answer for a dry run', {
  attempt: ({ kubectl }) => kubectl(['label', 'deployment/web', 'team=mine', '--dry-run=server']),
  code: 'managed_object_changed',
  refusedBy: 'gitops_only_writes',
});
