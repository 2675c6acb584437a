/** What is refused stands there. */
import { attack } from '../support/attack/attack.ts';

attack('write the settings of Holdfast', {
  attempt: ({ kubectl }) =>
    kubectl([
      'create',
      'configmap',
      'holdfast',
      '--from-literal=holdfast.yaml=policies: {mode: off}',
      '-n',
      'holdfast-system',
    ]),
  alsoWatched: () => ['/api/v1/namespaces/holdfast-system/configmaps/holdfast'],
  webhook: 'self.holdfast.dev',
  code: 'gitops_installation_changed',
  refusedBy: 'gitops_namespaces',
});
