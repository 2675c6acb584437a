/** What runs under the account of the writer is the writer. */
import { attack } from '../support/attack/attack.ts';

attack('change the image of the controller’s StatefulSet', {
  attempt: ({ kubectl }) =>
    kubectl([
      'set',
      'image',
      'statefulset/argocd-application-controller',
      '*=evil',
      '-n',
      'argocd',
    ]),
  alsoWatched: () => ['/apis/apps/v1/namespaces/argocd/statefulsets/argocd-application-controller'],
  code: 'gitops_installation_changed',
  refusedBy: 'gitops_namespaces',
});
