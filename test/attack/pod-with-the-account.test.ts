/** Whoever is in such a pod is the controller. */
import { attack } from '../support/attack/attack.ts';

attack('run a pod under the controller’s account', {
  attempt: ({ kubectl }) =>
    kubectl(['create', '-n', 'argocd', '-f', '-'], {
      input: {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'impostor', namespace: 'argocd' },
        spec: {
          serviceAccountName: 'argocd-application-controller',
          containers: [{ name: 'app', image: 'evil' }],
        },
      },
    }),
  alsoWatched: () => ['/api/v1/namespaces/argocd/pods/impostor'],
  code: 'writer_account_used',
  refusedBy: 'gitops_accounts',
});
