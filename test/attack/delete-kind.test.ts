/** With its definition every object of a kind vanishes, without a question to any webhook. */
import { attack } from '../support/attack/attack.ts';

attack('delete the definition of Applications', {
  attempt: ({ kubectl }) => kubectl(['delete', 'crd/applications.argoproj.io', '--wait=false']),
  alsoWatched: ({ namespace }) => [
    `/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/${namespace}`,
  ],
  says: 'Deleting the CustomResourceDefinition "applications.argoproj.io" would delete every object of its kind in the whole cluster, without asking for any of them.',
  refusedBy: 'deletion_by_proxy',
});
