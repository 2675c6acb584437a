/** The classic. */
import { attack } from '../support/attack/attack.ts';

attack('set an image', {
  attempt: ({ kubectl }) =>
    kubectl(['set', 'image', 'deployment/web', 'web=registry.local/evil:1']),
  says: 'deployments.apps {namespace}/web is managed by the Argo CD application "{namespace}" and changes only through Git.',
  refusedBy: 'gitops_only_writes',
});
