/** With a uid the name is taken for the garbage collector's; but what it deletes has an owner that is gone. */
import { attack } from '../support/attack/attack.ts';
import { asController } from '../support/attack/control-plane-names.ts';

attack('delete as the garbage collector with a uid', {
  attempt: ({ kubectl }) =>
    kubectl([
      'delete',
      'configmap',
      'settings',
      '--wait=false',
      ...asController('generic-garbage-collector'),
    ]),
  code: 'managed_object_deleted',
  refusedBy: 'gitops_only_writes',
});
