/** Tells Argo CD not to look. */
import { attack } from '../support/attack/attack.ts';

attack('set a compare option', {
  attempt: ({ kubectl }) =>
    kubectl([
      'annotate',
      'configmap/settings',
      'argocd.argoproj.io/compare-options=IgnoreExtraneous',
    ]),
  says: 'configmaps {namespace}/settings is managed by the Argo CD application "{namespace}" and changes only through Git.',
  refusedBy: 'protected_keys',
});
