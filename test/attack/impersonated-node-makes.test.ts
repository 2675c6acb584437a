/** A node makes mirror pods and leases of its own, and nothing that looks as if Git had it. */
import { attack } from '../support/attack/attack.ts';
import { AS_NODE } from '../support/attack/control-plane-names.ts';

attack('make an object that bears a mark as a node', {
  attempt: ({ kubectl, namespace }) =>
    kubectl(['create', '-f', '-', ...AS_NODE], {
      input: {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: {
          name: 'forged',
          annotations: {
            'argocd.argoproj.io/tracking-id': `${namespace}:/ConfigMap:${namespace}/forged`,
          },
        },
      },
    }),
  alsoWatched: ({ namespace }) => [`/api/v1/namespaces/${namespace}/configmaps/forged`],
  code: 'managed_mark_forged',
  refusedBy: 'gitops_only_writes',
});
