/** Traffic goes where the selector points. */
import { attack } from '../support/attack/attack.ts';

attack('point a Service at other pods', {
  attempt: ({ kubectl }) => kubectl(['set', 'selector', 'service/web', 'app=evil']),
  says: 'services {namespace}/web is managed by the Argo CD application "{namespace}" and changes only through Git.',
  refusedBy: 'gitops_only_writes',
});
