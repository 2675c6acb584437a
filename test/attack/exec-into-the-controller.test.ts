/** Its token lies in a file there. */
import { attack } from '../support/attack/attack.ts';

attack('enter the controller’s pod', {
  attempt: ({ kubectl }) =>
    kubectl([
      'exec',
      '-n',
      'argocd',
      'argocd-application-controller-0',
      '--',
      'cat',
      '/var/run/secrets/kubernetes.io/serviceaccount/token',
    ]),
  webhook: 'connect.holdfast.dev',
  code: 'writer_pod_entered',
  refusedBy: 'gitops_accounts',
});
