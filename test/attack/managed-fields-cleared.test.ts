/** Without them nobody can tell which fields Git declares. */
import { attack } from '../support/attack/attack.ts';

attack('clear the managed fields', {
  attempt: ({ kubectl }) =>
    kubectl([
      'patch',
      'configmap',
      'settings',
      '--type=merge',
      '-p',
      '{"metadata":{"managedFields":[{}]}}',
    ]),
  code: 'protected_key_changed',
  refusedBy: 'protected_keys',
});
