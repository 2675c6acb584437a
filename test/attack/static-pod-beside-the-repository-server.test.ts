/** A Service takes every pod that has its labels, also one that a node's name says is a file of that node. */
import { attack } from '../support/attack/attack.ts';
import { NODE_NAME } from '../support/cluster/users.ts';

attack('put a static pod behind the repository server', {
  attempt: async ({ cluster, request }) => {
    const node = await cluster.request('root', `/api/v1/nodes/${NODE_NAME}`);
    const owner = { apiVersion: 'v1', kind: 'Node', name: NODE_NAME, controller: true };
    return await request('/api/v1/namespaces/argocd/pods', {
      method: 'POST',
      body: {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {
          name: 'evil',
          labels: { 'app.kubernetes.io/name': 'argocd-repo-server' },
          annotations: { 'kubernetes.io/config.mirror': 'x' },
          ownerReferences: [{ ...owner, uid: node.body.metadata?.uid }],
        },
        spec: { nodeName: NODE_NAME, containers: [{ name: 'evil', image: 'evil' }] },
      },
      headers: {
        'impersonate-user': `system:node:${NODE_NAME}`,
        'impersonate-group': ['system:nodes', 'system:masters'],
      },
    });
  },
  alsoWatched: () => ['/api/v1/namespaces/argocd/pods/evil'],
  code: 'gitops_installation_changed',
  refusedBy: 'gitops_namespaces',
});
