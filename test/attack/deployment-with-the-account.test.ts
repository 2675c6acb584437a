/** The ReplicaSet controller would make the pod. */
import { attack } from '../support/attack/attack.ts';

attack('run a Deployment under the controller’s account', {
  attempt: ({ kubectl }) =>
    kubectl(['create', '-n', 'argocd', '-f', '-'], {
      input: {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'impostor', namespace: 'argocd' },
        spec: {
          selector: { matchLabels: { app: 'impostor' } },
          template: {
            metadata: { labels: { app: 'impostor' } },
            spec: {
              serviceAccountName: 'argocd-application-controller',
              restartPolicy: 'Always',
              containers: [{ name: 'app', image: 'evil' }],
            },
          },
        },
      },
    }),
  alsoWatched: () => ['/apis/apps/v1/namespaces/argocd/deployments/impostor'],
  code: 'writer_account_used',
  refusedBy: 'gitops_accounts',
});
