/** The controller's pod without its workload would prove nothing, and every sync would stop. */
import { attack } from '../support/attack/attack.ts';

attack("take the controller's pod from its StatefulSet", {
  attempt: ({ kubectl }) =>
    kubectl([
      'label',
      'pod',
      'argocd-application-controller-0',
      '-n',
      'argocd',
      'app.kubernetes.io/name-',
    ]),
  alsoWatched: () => ['/api/v1/namespaces/argocd/pods/argocd-application-controller-0'],
  code: 'gitops_pod_changed',
  refusedBy: 'managed_children',
});
