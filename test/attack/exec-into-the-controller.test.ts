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
  says: 'Nobody enters pods of namespace "argocd" (exec into argocd-application-controller-0): the GitOps controller\'s token is in there.',
  refusedBy: 'gitops_accounts',
});
