/** Who may do what in Argo CD stands there. */
import { attack } from '../support/attack/attack.ts';

attack('give everyone every right in Argo CD', {
  attempt: ({ kubectl }) =>
    kubectl([
      'patch',
      'configmap',
      'argocd-rbac-cm',
      '-n',
      'argocd',
      '--type=merge',
      '-p',
      '{"data":{"policy.default":"role:admin"}}',
    ]),
  alsoWatched: () => ['/api/v1/namespaces/argocd/configmaps/argocd-rbac-cm'],
  code: 'gitops_control_plane_changed',
  refusedBy: 'gitops_control_plane',
});
