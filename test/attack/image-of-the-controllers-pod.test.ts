/** Uid, account and owner of the pod stay, and with them the proof of the writer. */
import { attack } from '../support/attack/attack.ts';

const POD = 'argocd-application-controller-0';

attack('change the image of the controller’s running pod', {
  attempt: ({ kubectl }) => kubectl(['set', 'image', `pod/${POD}`, '*=evil', '-n', 'argocd']),
  alsoWatched: () => [`/api/v1/namespaces/argocd/pods/${POD}`],
  code: 'gitops_installation_changed',
  refusedBy: 'gitops_namespaces',
});
