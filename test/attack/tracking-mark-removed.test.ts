/** Without the mark nobody would know that Git has it. */
import { attack } from '../support/attack/attack.ts';

attack('take the tracking mark off', {
  attempt: ({ kubectl }) =>
    kubectl(['annotate', 'configmap/settings', 'argocd.argoproj.io/tracking-id-']),
  code: 'protected_key_changed',
  refusedBy: 'protected_keys',
});
