/** An object that looks as if Git had it. */
import { attack } from '../support/attack/attack.ts';
import { forgedObject } from '../support/attack/forged-object.ts';

attack('make an object that bears a mark', {
  attempt: ({ kubectl, namespace }) =>
    kubectl(['create', '-f', '-'], { input: forgedObject(namespace) }),
  alsoWatched: ({ namespace }) => [`/api/v1/namespaces/${namespace}/configmaps/forged`],
  code: 'managed_mark_forged',
  refusedBy: 'gitops_only_writes',
});
