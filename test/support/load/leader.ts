/** The replica that leads: the one that notifies for all, by its Lease. */
import type { Cluster } from '../cluster/cluster-handle.ts';
import { startHttpsTarget } from '../sinks/https-target.ts';

const LEASE = '/apis/coordination.k8s.io/v1/namespaces/holdfast-system/leases/holdfast-alerts';
/** Shorter than the default, so that a test need not wait for it. */
const LEASE_MS = 3000;

/** Who holds the Lease now; empty where nobody does. */
export async function findLeader(cluster: Cluster): Promise<string> {
  const { body } = await cluster.request('root', LEASE);
  const holder = body.spec?.['holderIdentity'];
  return typeof holder === 'string' ? holder : '';
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
