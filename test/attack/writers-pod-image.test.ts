/** Another program in the pod whose token is the controller's: uid, account and owner stay the same. */
import { attack } from '../support/attack/attack.ts';

attack("change the image of the controller's pod", {
  attempt: ({ kubectl }) =>
    kubectl([
      'set',
      'image',
      '-n',
      'argocd',
      'pod/argocd-application-controller-0',
      '*=evil:latest',
    ]),
  alsoWatched: () => ['/api/v1/namespaces/argocd/pods/argocd-application-controller-0'],
  code: 'gitops_pod_changed',
  refusedBy: 'managed_children',
});
