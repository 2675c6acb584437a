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
  code: 'gitops_control_plane_changed',
  refusedBy: 'gitops_control_plane',
});
