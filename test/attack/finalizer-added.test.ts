/** An object with a finalizer that nobody takes off can never be deleted. */
import { attack } from '../support/attack/attack.ts';

attack('add a finalizer', {
  attempt: ({ kubectl }) =>
    kubectl([
      'patch',
      'configmap',
      'settings',
      '--type=merge',
      '-p',
      '{"metadata":{"finalizers":["example.com/never"]}}',
    ]),
  code: 'protected_key_changed',
  refusedBy: 'protected_keys',
});
