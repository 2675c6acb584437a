/** An environment variable that Git knows nothing of. */
import { attack } from '../support/attack/attack.ts';

attack('add an environment variable', {
  attempt: ({ kubectl }) => kubectl(['set', 'env', 'deployment/web', 'LD_PRELOAD=/tmp/evil.so']),
  says: 'deployments.apps {namespace}/web is managed by the Argo CD application "{namespace}" and changes only through Git.',
  refusedBy: 'gitops_only_writes',
});
