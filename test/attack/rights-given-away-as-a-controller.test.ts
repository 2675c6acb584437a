/** No controller but the API server's own start and aggregation has business with roles and bindings. */
import { attack } from '../support/attack/attack.ts';
import { asController } from '../support/attack/control-plane-names.ts';

attack('give the rights of the controller away as another one', {
  attempt: ({ kubectl, namespace }) =>
    kubectl([
      'create',
      'clusterrolebinding',
      `stolen-${namespace}`,
      '--clusterrole=argocd-application-controller',
      '--serviceaccount=argocd:argocd-application-controller',
      ...asController('deployment-controller'),
    ]),
  alsoWatched: ({ namespace }) => [
    `/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/stolen-${namespace}`,
  ],
  code: 'gitops_rights_changed',
  refusedBy: 'gitops_definitions',
});
