/** Annotations steer ingress controllers, meshes and clouds. */
import { attack } from '../support/attack/attack.ts';

attack('annotate an object', {
  attempt: ({ kubectl }) =>
    kubectl(['annotate', 'service/web', 'service.beta.kubernetes.io/open=true']),
  says: 'services {namespace}/web is managed by the Argo CD application "{namespace}" and changes only through Git.',
  refusedBy: 'gitops_only_writes',
});
