/** What is in no namespace is in none that could be going. */
import { attack } from '../support/attack/attack.ts';
import { AS_CONTROLLER_MANAGER } from '../support/attack/control-plane-names.ts';

const ROLE = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name: 'declared-by-git' },
  rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
};

attack('delete a ClusterRole as the controller manager', {
  files: { 'role.json': ROLE },
  attempt: ({ kubectl }) =>
    kubectl(['delete', 'clusterrole/declared-by-git', ...AS_CONTROLLER_MANAGER]),
  alsoWatched: () => ['/apis/rbac.authorization.k8s.io/v1/clusterroles/declared-by-git'],
  code: 'managed_object_deleted',
  refusedBy: 'gitops_only_writes',
});
