/** With its definition every object of a kind vanishes, without a question to any webhook. */
import { attack } from '../support/attack/attack.ts';

attack('delete the definition of Applications', {
  attempt: ({ kubectl }) => kubectl(['delete', 'crd/applications.argoproj.io', '--wait=false']),
  alsoWatched: ({ namespace }) => [
    `/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/${namespace}`,
  ],
  code: 'crd_deletion_destroys_resources',
  refusedBy: 'deletion_by_proxy',
});
