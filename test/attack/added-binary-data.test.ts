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
  code: 'managed_object_changed',
  refusedBy: 'gitops_only_writes',
});
