/** Unmarked objects are routine for a control-plane identity everywhere but here. */
import { attack } from '../support/attack/attack.ts';

attack('write the settings of Holdfast under the name of the controller manager', {
  attempt: ({ kubectl }) =>
    kubectl([
      'create',
      'configmap',
      'holdfast',
      '--from-literal=holdfast.yaml=policies: {mode: off}',
      '-n',
      'holdfast-system',
      '--as=system:kube-controller-manager',
      '--as-group=system:masters',
    ]),
  alsoWatched: () => ['/api/v1/namespaces/holdfast-system/configmaps/holdfast'],
  webhook: 'self.holdfast.dev',
  code: 'gitops_installation_changed',
  refusedBy: 'gitops_namespaces',
});
