/** An environment variable that Git knows nothing of. */
import { attack } from '../support/attack/attack.ts';

attack('add an environment variable', {
  attempt: ({ kubectl }) => kubectl(['set', 'env', 'deployment/web', 'LD_PRELOAD=/tmp/evil.so']),
  code: 'managed_object_changed',
  refusedBy: 'gitops_only_writes',
});
