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
  says: 'configmaps {namespace}/settings is managed by the Argo CD application "{namespace}" and changes only through Git.',
  refusedBy: 'protected_keys',
});
