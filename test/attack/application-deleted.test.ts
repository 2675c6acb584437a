/** With its finalizer it takes everything along. */
import { attack } from '../support/attack/attack.ts';

attack('delete an application', {
  attempt: ({ kubectl, namespace }) =>
    kubectl(['delete', `application/${namespace}`, '-n', 'argocd', '--wait=false']),
  says: 'applications.argoproj.io argocd/{namespace} decides what the GitOps controller applies, so it is deleted only through Git.',
  refusedBy: 'gitops_control_plane',
});
