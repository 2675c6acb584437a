/** The mark of another application. */
import { attack } from '../support/attack/attack.ts';

attack('give an object to another application', {
  attempt: ({ kubectl, namespace }) =>
    kubectl([
      'annotate',
      '--overwrite',
      'configmap/settings',
      `argocd.argoproj.io/tracking-id=other:/ConfigMap:${namespace}/settings`,
    ]),
  code: 'protected_key_changed',
  refusedBy: 'protected_keys',
});
