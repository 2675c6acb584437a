/** A selector decides who answers. */
import { attack } from '../support/attack/attack.ts';

attack('put a Service of its own before the repository server', {
  attempt: ({ kubectl }) =>
    kubectl(['create', 'service', 'clusterip', 'argocd-repo-server', '--tcp=8081', '-n', 'argocd']),
  alsoWatched: () => ['/api/v1/namespaces/argocd/services/argocd-repo-server'],
  code: 'gitops_installation_changed',
  refusedBy: 'gitops_namespaces',
});
