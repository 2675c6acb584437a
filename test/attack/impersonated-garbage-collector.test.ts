/** The control plane’s accounts show a uid; an impersonated one does not. */
import { attack } from '../support/attack/attack.ts';

attack('delete as the garbage collector', {
  attempt: ({ kubectl }) =>
    kubectl([
      'delete',
      'configmap',
      'settings',
      '--wait=false',
      '--as=system:serviceaccount:kube-system:generic-garbage-collector',
      '--as-group=system:masters',
    ]),
  code: 'managed_object_deleted',
  refusedBy: 'gitops_only_writes',
});
