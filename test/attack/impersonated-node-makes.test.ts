/** A node makes mirror pods and leases of its own, and nothing that looks as if Git had it. */
import { attack } from '../support/attack/attack.ts';
import { AS_NODE } from '../support/attack/control-plane-names.ts';
import { forgedObject } from '../support/attack/forged-object.ts';

attack('make an object that bears a mark as a node', {
  attempt: ({ kubectl, namespace }) =>
    kubectl(['create', '-f', '-', ...AS_NODE], { input: forgedObject(namespace) }),
  alsoWatched: ({ namespace }) => [`/api/v1/namespaces/${namespace}/configmaps/forged`],
  code: 'managed_mark_forged',
  refusedBy: 'gitops_only_writes',
});
