/** All controllers may share one name, which is no service account: nothing but the name is asked for. */
import { attack } from '../support/attack/attack.ts';
import { AS_CONTROLLER_MANAGER } from '../support/attack/control-plane-names.ts';

attack('delete the namespace as the controller manager', {
  attempt: ({ kubectl, namespace }) =>
    kubectl(['delete', `namespace/${namespace}`, '--wait=false', ...AS_CONTROLLER_MANAGER]),
  code: 'namespace_holds_managed_objects',
  refusedBy: 'deletion_by_proxy',
});
