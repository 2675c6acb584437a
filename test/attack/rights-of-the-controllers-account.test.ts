/** A binding takes a controller's rights away, or gives its account more. */
import { attack } from '../support/attack/attack.ts';

attack('unbind the controller', {
  attempt: ({ request }) =>
    request(
      '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/argocd-application-controller?dryRun=All',
      { method: 'DELETE', body: {} },
    ),
  code: 'gitops_rights_changed',
  refusedBy: 'gitops_definitions',
});
