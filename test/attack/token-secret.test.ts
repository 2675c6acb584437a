/** A Secret that the control plane fills with a token for ever. */
import { attack } from '../support/attack/attack.ts';

attack('have a token kept in a Secret', {
  attempt: ({ kubectl }) =>
    kubectl(['create', '-n', 'argocd', '-f', '-'], {
      input: {
        apiVersion: 'v1',
        kind: 'Secret',
        type: 'kubernetes.io/service-account-token',
        metadata: {
          name: 'stolen',
          namespace: 'argocd',
          annotations: { 'kubernetes.io/service-account.name': 'argocd-application-controller' },
        },
      },
    }),
  alsoWatched: () => ['/api/v1/namespaces/argocd/secrets/stolen'],
  code: 'writer_token_secret',
  refusedBy: 'gitops_accounts',
});
