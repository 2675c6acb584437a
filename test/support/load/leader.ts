/** The replica that leads in something, by its Lease: in notifying for all, in keeping the registration. */
import type { Cluster } from '../cluster/cluster-handle.ts';
import { waitFor } from '../cluster/wait-for.ts';
import { startHttpsTarget } from '../sinks/https-target.ts';

const LEASES = '/apis/coordination.k8s.io/v1/namespaces/holdfast-system/leases';
/** Shorter than the default, so that a test need not wait for it. */
const LEASE_MS = 3000;

/** What one replica does for all. */
export type LeaseName = 'holdfast-alerts' | 'holdfast-registration' | 'holdfast-certificates';

/** Who holds the Lease now; empty where nobody does. */
export async function findLeader(
  cluster: Cluster,
  lease: LeaseName = 'holdfast-alerts',
): Promise<string> {
  const { body } = await cluster.request('root', `${LEASES}/${lease}`);
  const holder = body.spec?.['holderIdentity'];
  return typeof holder === 'string' ? holder : '';
}

export interface LeaseLoss {
  /** A user with a token of Holdfast's pod: nobody else may write its Leases. @default 'holdfast' */
  readonly as?: string;
  /** How long whoever takes it holds it. @default 1 */
  readonly seconds?: number;
}

/** Gives the Lease to somebody who never renews it. */
export async function giveLease(
  cluster: Cluster,
  lease: LeaseName,
  { as = 'holdfast', seconds = 1 }: LeaseLoss = {},
): Promise<void> {
  const path = `${LEASES}/${lease}`;
  // A renewal in between is a conflict.
  await waitFor(`somebody else holds ${lease}`, async () => {
    const { body } = await cluster.request('root', path);
    const renewTime = new Date().toISOString().replace('Z', '000Z');
    const taken = { holderIdentity: 'somebody-else', leaseDurationSeconds: seconds, renewTime };
    const written = await cluster.request(as, path, {
      method: 'PUT',
      body: { ...body, spec: { ...body.spec, ...taken } },
    });
    if (written.code === 409) return false;
    if (written.code !== 200) throw new Error(`${lease}: ${written.body.message}`);
    return true;
  });
}

/** The same, and waits until a replica leads again. */
export async function takeLease(
  cluster: Cluster,
  lease: LeaseName,
  loss: LeaseLoss = {},
): Promise<void> {
  await giveLease(cluster, lease, loss);
  await waitFor(`a replica leads by ${lease} again`, async () =>
    (await findLeader(cluster, lease)).startsWith('holdfast-'),
  );
}

export interface AlertReceiver {
  /** The section `alerts` of a configuration: replicas elect a leader only where there is somebody to notify. */
  readonly alerts: Readonly<Record<string, unknown>>;
  readonly stop: () => Promise<void>;
}

/** Starts what takes every alert. */
export async function startAlertReceiver(): Promise<AlertReceiver> {
  const target = await startHttpsTarget({ plain: true });
  const alertmanager = { type: 'alertmanager', name: 'taker', url: target.url };
  return {
    alerts: { targets: [alertmanager], lease: { durationMs: LEASE_MS } },
    stop: target.stop,
  };
}
