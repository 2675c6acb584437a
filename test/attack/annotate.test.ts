/** Annotations steer ingress controllers, meshes and clouds. */
import { attack } from '../support/attack/attack.ts';

attack('annotate an object', {
  attempt: ({ kubectl }) =>
    kubectl(['annotate', 'service/web', 'service.beta.kubernetes.io/open=true']),
  code: 'managed_object_changed',
  refusedBy: 'gitops_only_writes',
});
