/** The StatefulSet would release the pod, and with it the proof of the writer would be gone. */
import { attack } from '../support/attack/attack.ts';

const POD = 'argocd-application-controller-0';

attack('take the label off the controller’s pod', {
  attempt: ({ kubectl }) =>
    kubectl(['label', `pod/${POD}`, 'app.kubernetes.io/name-', '-n', 'argocd']),
  alsoWatched: () => [`/api/v1/namespaces/argocd/pods/${POD}`],
  code: 'gitops_installation_changed',
  refusedBy: 'gitops_namespaces',
});
