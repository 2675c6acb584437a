/** Whoever writes what Holdfast learned makes any credential known. */
import { attack } from '../support/attack/attack.ts';
import { CREDENTIALS_PATH, withoutCredentials } from '../support/attack/write-credentials.ts';

attack('write the credentials that Holdfast has learned', {
  attempt: ({ request }) =>
    request(CREDENTIALS_PATH, { method: 'PATCH', body: withoutCredentials }),
  alsoWatched: () => [CREDENTIALS_PATH],
  webhook: 'self.holdfast.dev',
  code: 'gitops_installation_changed',
  refusedBy: 'gitops_namespaces',
});
