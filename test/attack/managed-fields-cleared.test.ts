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
  says: 'configmaps {namespace}/settings is managed by the Argo CD application "{namespace}" and changes only through Git.',
  refusedBy: 'protected_keys',
});
