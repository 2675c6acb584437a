/** With the application go its objects; no controller of the control plane deletes one. */
import { attack } from '../support/attack/attack.ts';
import { AS_CONTROLLER_MANAGER } from '../support/attack/control-plane-names.ts';

attack('delete the application as the controller manager', {
  attempt: ({ kubectl, namespace }) =>
    kubectl([
      '-n',
      'argocd',
      'delete',
      `application/${namespace}`,
      '--wait=false',
      ...AS_CONTROLLER_MANAGER,
    ]),
  alsoWatched: ({ namespace }) => [
    `/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/${namespace}`,
  ],
  code: 'gitops_control_plane_changed',
  refusedBy: 'gitops_control_plane',
});
