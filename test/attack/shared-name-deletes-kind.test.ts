/** With its definition every object of a kind vanishes; no controller deletes one. */
import { attack } from '../support/attack/attack.ts';
import { AS_CONTROLLER_MANAGER } from '../support/attack/control-plane-names.ts';

attack('delete the definition of Applications as the controller manager', {
  attempt: ({ kubectl }) =>
    kubectl(['delete', 'crd/applications.argoproj.io', '--wait=false', ...AS_CONTROLLER_MANAGER]),
  alsoWatched: ({ namespace }) => [
    `/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/${namespace}`,
  ],
  code: 'crd_deletion_destroys_resources',
  refusedBy: 'deletion_by_proxy',
});
