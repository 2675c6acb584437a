/** Everything in it would go, and the namespace controller would do it. */
import { attack } from '../support/attack/attack.ts';

attack('delete the namespace', {
  attempt: ({ kubectl, namespace }) =>
    kubectl(['delete', `namespace/${namespace}`, '--wait=false']),
  code: 'namespace_holds_managed_objects',
  refusedBy: 'deletion_by_proxy',
});
