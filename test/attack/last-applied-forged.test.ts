/** Argo CD compares with it. */
import { attack } from '../support/attack/attack.ts';

attack('forge what was last applied', {
  attempt: ({ kubectl }) =>
    kubectl([
      'annotate',
      '--overwrite',
      'configmap/settings',
      'kubectl.kubernetes.io/last-applied-configuration={}',
    ]),
  code: 'protected_key_changed',
  refusedBy: 'protected_keys',
});
