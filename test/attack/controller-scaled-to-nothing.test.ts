/** Nobody repairs what is changed while nobody looks. */
import { attack } from '../support/attack/attack.ts';

attack('scale the controller to nothing', {
  attempt: ({ kubectl }) =>
    kubectl(['scale', 'statefulset/argocd-application-controller', '--replicas=0', '-n', 'argocd']),
  alsoWatched: () => ['/apis/apps/v1/namespaces/argocd/statefulsets/argocd-application-controller'],
  code: 'gitops_installation_changed',
  refusedBy: 'gitops_namespaces',
});
