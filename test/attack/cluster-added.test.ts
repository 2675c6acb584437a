/** Another place that Argo CD writes to. */
import { attack } from '../support/attack/attack.ts';

attack('add a cluster', {
  attempt: ({ kubectl }) =>
    kubectl(['create', '-n', 'argocd', '-f', '-'], {
      input: {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: {
          name: 'evil-cluster',
          namespace: 'argocd',
          labels: { 'argocd.argoproj.io/secret-type': 'cluster' },
        },
        stringData: { name: 'evil', server: 'https://evil.example.com' },
      },
    }),
  alsoWatched: () => ['/api/v1/namespaces/argocd/secrets/evil-cluster'],
  code: 'gitops_control_plane_changed',
  refusedBy: 'gitops_control_plane',
});
