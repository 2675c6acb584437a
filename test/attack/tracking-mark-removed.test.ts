/** Without the mark nobody would know that Git has it. */
import { attack } from '../support/attack/attack.ts';

attack('take the tracking mark off', {
  attempt: ({ kubectl }) =>
    kubectl(['annotate', 'configmap/settings', 'argocd.argoproj.io/tracking-id-']),
  says: 'configmaps {namespace}/settings is managed by the Argo CD application "{namespace}" and changes only through Git. This would take it out of Git\'s hands.',
  refusedBy: 'protected_keys',
});
