/** Traffic goes where the selector points. */
import { attack } from '../support/attack/attack.ts';

attack('point a Service at other pods', {
  attempt: ({ kubectl }) => kubectl(['set', 'selector', 'service/web', 'app=evil']),
  code: 'managed_object_changed',
  refusedBy: 'gitops_only_writes',
});
