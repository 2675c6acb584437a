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
  says: 'secrets argocd/evil-repository decides what the GitOps controller applies, so it is created only through Git.',
  refusedBy: 'gitops_control_plane',
});
