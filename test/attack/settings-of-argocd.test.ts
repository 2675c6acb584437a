/** How objects are tracked stands there. */
import { attack } from '../support/attack/attack.ts';

attack('change how Argo CD tracks objects', {
  attempt: ({ kubectl }) =>
    kubectl([
      'patch',
      'configmap',
      'argocd-cm',
      '-n',
      'argocd',
      '--type=merge',
      '-p',
      '{"data":{"application.resourceTrackingMethod":"label"}}',
    ]),
  alsoWatched: () => ['/api/v1/namespaces/argocd/configmaps/argocd-cm'],
  says: 'configmaps argocd/argocd-cm decides what the GitOps controller applies, so it changes only through Git.',
  refusedBy: 'gitops_control_plane',
});
