/** Credentials for a repository of their own. */
import { attack } from '../support/attack/attack.ts';

attack('add a repository', {
  attempt: ({ kubectl }) =>
    kubectl(['create', '-n', 'argocd', '-f', '-'], {
      input: {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: {
          name: 'evil-repository',
          namespace: 'argocd',
          labels: { 'argocd.argoproj.io/secret-type': 'repository' },
        },
        stringData: { type: 'git', url: 'git://evil.example.com/src' },
      },
    }),
  alsoWatched: () => ['/api/v1/namespaces/argocd/secrets/evil-repository'],
  code: 'gitops_control_plane_changed',
  refusedBy: 'gitops_control_plane',
});
