/** The same, at three in the morning. */
import { attack } from '../support/attack/attack.ts';

attack('run a CronJob under the controller’s account', {
  attempt: ({ kubectl }) =>
    kubectl(['create', '-n', 'argocd', '-f', '-'], {
      input: {
        apiVersion: 'batch/v1',
        kind: 'CronJob',
        metadata: { name: 'impostor', namespace: 'argocd' },
        spec: {
          schedule: '0 3 * * *',
          jobTemplate: {
            spec: {
              template: {
                spec: {
                  serviceAccountName: 'argocd-application-controller',
                  restartPolicy: 'Never',
                  containers: [{ name: 'app', image: 'evil' }],
                },
              },
            },
          },
        },
      },
    }),
  alsoWatched: () => ['/apis/batch/v1/namespaces/argocd/cronjobs/impostor'],
  code: 'writer_account_used',
  refusedBy: 'gitops_accounts',
});
