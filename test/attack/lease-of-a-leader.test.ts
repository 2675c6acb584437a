/** A controller whose lease somebody else holds, for as long as he says, stands still. */
import { attack } from '../support/attack/attack.ts';

attack('take the lease of a leader', {
  attempt: ({ kubectl }) =>
    kubectl(['create', '-f', '-', '-n', 'argocd'], {
      input: {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { name: 'leader', namespace: 'argocd' },
        spec: { holderIdentity: 'mallory', leaseDurationSeconds: 2_000_000_000 },
      },
    }),
  webhook: 'children.holdfast.dev',
  alsoWatched: () => ['/apis/coordination.k8s.io/v1/namespaces/argocd/leases/leader'],
  code: 'gitops_installation_changed',
  refusedBy: 'gitops_namespaces',
});
