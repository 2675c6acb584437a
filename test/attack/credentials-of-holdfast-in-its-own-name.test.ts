/** The name, the uid and a forged credential of Holdfast's own account are not its pod. */
import { attack } from '../support/attack/attack.ts';
import { CREDENTIAL_HEADER } from '../support/attack/impersonate-node.ts';
import { CREDENTIALS_PATH, withoutCredentials } from '../support/attack/write-credentials.ts';

attack('write the credentials that Holdfast has learned in the name of its own account', {
  attempt: async ({ cluster, request }) => {
    const account = '/api/v1/namespaces/holdfast-system/serviceaccounts/holdfast';
    const { body } = await cluster.request('alice', account);
    return await request(CREDENTIALS_PATH, {
      method: 'PATCH',
      body: withoutCredentials,
      headers: {
        'impersonate-user': 'system:serviceaccount:holdfast-system:holdfast',
        'impersonate-uid': body.metadata?.uid ?? '',
        'impersonate-group': ['system:masters'],
        [CREDENTIAL_HEADER]: 'JTI=5e5e5e5e-5e5e-4e5e-8e5e-5e5e5e5e5e5e',
      },
    });
  },
  alsoWatched: () => [CREDENTIALS_PATH],
  webhook: 'self.holdfast.dev',
  code: 'gitops_installation_changed',
  refusedBy: 'gitops_namespaces',
});
