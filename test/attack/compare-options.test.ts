/** Tells Argo CD not to look. */
import { attack } from '../support/attack/attack.ts';

attack('set a compare option', {
  attempt: ({ kubectl }) =>
    kubectl([
      'annotate',
      'configmap/settings',
      'argocd.argoproj.io/compare-options=IgnoreExtraneous',
    ]),
  code: 'protected_key_changed',
  refusedBy: 'protected_keys',
});
