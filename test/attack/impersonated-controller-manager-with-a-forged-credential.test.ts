/** A name and an invented credential id are not the controller manager. */
import { attack } from '../support/attack/attack.ts';
import { CREDENTIAL_HEADER } from '../support/attack/impersonate-node.ts';

const FORGED = `X509SHA256=${'5e'.repeat(32)}`;

attack('write as the controller manager with a forged credential', {
  attempt: ({ request, namespace }) =>
    request(`/api/v1/namespaces/${namespace}/configmaps/settings`, {
      method: 'PATCH',
      body: { data: { greeting: 'hacked' } },
      headers: {
        'impersonate-user': 'system:kube-controller-manager',
        'impersonate-group': ['system:masters'],
        [CREDENTIAL_HEADER]: FORGED,
      },
    }),
  code: 'control_plane_credential_unknown',
  refusedBy: 'control_plane_credentials',
});
