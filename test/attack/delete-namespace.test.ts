/** Everything in it would go, and the namespace controller would do it. */
import { attack } from '../support/attack/attack.ts';

attack('delete the namespace', {
  attempt: ({ kubectl, namespace }) =>
    kubectl(['delete', `namespace/${namespace}`, '--wait=false']),
  says: 'Deleting namespace "{namespace}" would delete ConfigMap settings (application "{namespace}"), Deployment web (application "{namespace}"), Service web (application "{namespace}"), which Git manages.',
  refusedBy: 'deletion_by_proxy',
});
