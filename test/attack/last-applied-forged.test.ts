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
  says: 'configmaps {namespace}/settings is managed by the Argo CD application "{namespace}" and changes only through Git.',
  refusedBy: 'protected_keys',
});
