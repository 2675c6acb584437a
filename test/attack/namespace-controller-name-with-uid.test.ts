/** The namespace controller deletes where a namespace is going, and this one is not. */
import { attack } from '../support/attack/attack.ts';
import { asController } from '../support/attack/control-plane-names.ts';

attack('delete as the namespace controller with a uid', {
  attempt: ({ kubectl }) =>
    kubectl(['delete', 'configmap', 'settings', ...asController('namespace-controller')]),
  code: 'managed_object_deleted',
  refusedBy: 'gitops_only_writes',
});
