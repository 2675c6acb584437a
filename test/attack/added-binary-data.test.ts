/** Another field of the same object. */
import { attack } from '../support/attack/attack.ts';

attack('add binary data', {
  attempt: ({ kubectl }) =>
    kubectl([
      'patch',
      'configmap',
      'settings',
      '--type=merge',
      '-p',
      '{"binaryData":{"x":"aGk="}}',
    ]),
  says: 'configmaps {namespace}/settings is managed by the Argo CD application "{namespace}" and changes only through Git.',
  refusedBy: 'gitops_only_writes',
});
