/** A dry run is judged like the deed, so that a plan does not promise what would be refused. */
import { attack } from '../support/attack/attack.ts';

attack('get another answer for a dry run', {
  attempt: ({ kubectl }) => kubectl(['label', 'deployment/web', 'team=mine', '--dry-run=server']),
  says: 'deployments.apps {namespace}/web is managed by the Argo CD application "{namespace}" and changes only through Git.',
  refusedBy: 'gitops_only_writes',
});
