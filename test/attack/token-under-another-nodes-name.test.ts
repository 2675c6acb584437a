/** A node asks for the tokens of its own pods. The name of a node that runs other pods is none of its. */
import { attack } from '../support/attack/attack.ts';

attack('mint a token of the controller’s pod under the name of another node', {
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
      '--as=system:node:worker-2',
      '--as-group=system:nodes',
      '--as-group=system:masters',
    ]);
  },
  code: 'writer_token_requested',
  refusedBy: 'gitops_accounts',
});
