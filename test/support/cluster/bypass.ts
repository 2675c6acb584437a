/** Changes that Holdfast does not see, and the GitOps controller only later: what an outage, or an attacker with other means, leaves behind. */
import type { ApiAnswer } from './api-client.ts';
import type { Cluster } from './cluster-handle.ts';
import { waitUntilAsked } from './holdfast.ts';
import { waitFor } from './wait-for.ts';

const REGISTRATIONS = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';

export interface PausableController {
  /** Stops the process where it stands, until it is resumed. */
  readonly pause: () => void;
  readonly resume: () => void;
}

/** A controller that runs as this process. */
export function pausableProcess(pid: number): PausableController {
  return {
    pause: () => process.kill(pid, 'SIGSTOP'),
    resume: () => process.kill(pid, 'SIGCONT'),
  };
}

/**
 * Sends a change as root while the webhook is not registered and the GitOps controller stands still. When this returns, the
 * API server asks Holdfast again and the controller works again.
 */
export async function changeBehindTheirBacks(
  { cluster, controller }: { readonly cluster: Cluster; readonly controller: PausableController },
  path: string,
  change: object | 'deleted',
): Promise<void> {
  const registration = await cluster.request('root', `${REGISTRATIONS}/holdfast`);
  controller.pause();
  try {
    await cluster.request('root', `${REGISTRATIONS}/holdfast`, { method: 'DELETE' });
    await waitFor('the API server no longer asks Holdfast', async () => {
      const request =
        change === 'deleted'
          ? ({ method: 'DELETE' } as const)
          : ({ method: 'PATCH', body: change } as const);
      const answer = await cluster.request('root', path, request);
      return answer.code === 200;
    });
    await cluster.request('root', REGISTRATIONS, {
      method: 'POST',
      body: withoutIdentity(registration),
    });
    await waitUntilAsked(cluster);
  } finally {
    controller.resume();
  }
}

/** What the API server hands out with an object is not accepted with a new one. */
function withoutIdentity({ body }: ApiAnswer): object {
  const { resourceVersion: _, uid: __, ...metadata } = body.metadata ?? {};
  return { ...body, metadata };
}
