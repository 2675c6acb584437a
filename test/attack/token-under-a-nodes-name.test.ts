/** A node is in the group of nodes, or the API server itself would not hold it to its own pods. */
import { attack } from '../support/attack/attack.ts';

attack('mint a token of the controller’s pod under the mere name of its node', {
  attempt: async ({ cluster, kubectl }) => {
    const path = '/api/v1/namespaces/argocd/pods/argocd-application-controller-0';
    const { body } = await cluster.request('root', path);
    return kubectl([
      'create',
      'token',
      'argocd-application-controller',
      '-n',
      'argocd',
      '--bound-object-kind=Pod',
      '--bound-object-name=argocd-application-controller-0',
      `--bound-object-uid=${body.metadata?.uid ?? ''}`,
      '--as=system:node:worker-1',
      '--as-group=system:masters',
    ]);
  },
  code: 'writer_token_requested',
  refusedBy: 'gitops_accounts',
});
