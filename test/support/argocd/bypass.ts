/** Changes that Holdfast does not see, and Argo CD only later: what an outage, or an attacker with other means, leaves behind. */
import type { ApiAnswer } from '../cluster/api-client.ts';
import { waitUntilAsked } from '../cluster/holdfast.ts';
import { waitFor } from '../cluster/wait-for.ts';
import type { OwnedGitOpsCluster } from './gitops-cluster.ts';

const REGISTRATIONS = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';

/**
 * Sends a change as root while the webhook is not registered and Argo CD's controller stands still. When this returns, the
 * API server asks Holdfast again and the controller works again.
 */
export async function changeBehindTheirBacks(
  { cluster, argocd }: OwnedGitOpsCluster,
  path: string,
  body: object,
): Promise<void> {
  const registration = await cluster.request('root', `${REGISTRATIONS}/holdfast`);
  argocd.pauseController();
  try {
    await cluster.request('root', `${REGISTRATIONS}/holdfast`, { method: 'DELETE' });
    await waitFor('the API server no longer asks Holdfast', async () => {
      const answer = await cluster.request('root', path, { method: 'PATCH', body });
      return answer.code === 200;
    });
    await cluster.request('root', REGISTRATIONS, {
      method: 'POST',
      body: withoutIdentity(registration),
    });
    await waitUntilAsked(cluster);
  } finally {
    argocd.resumeController();
  }
}

/** What the API server hands out with an object is not accepted with a new one. */
function withoutIdentity({ body }: ApiAnswer): object {
  const { resourceVersion: _, uid: __, ...metadata } = body.metadata ?? {};
  return { ...body, metadata };
}
