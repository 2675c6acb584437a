/** The cluster of the recorded day: two GitOps controllers, their kinds, the sample application, and one node. */
import { startCluster } from '../cluster/cluster.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { installGitopsKinds } from '../cluster/gitops-kinds.ts';
import { startNode } from '../cluster/node.ts';
import {
  addAutoscaler,
  addServiceAccountUser,
  ARGOCD,
  FLUX,
  installController,
} from '../cluster/service-account-user.ts';

/** Starts it, with everything in place that is there before anybody does anything. */
export async function startDayCluster(): Promise<Cluster> {
  const cluster = await startCluster();
  try {
    await startNode(cluster);
    await installController(cluster, ARGOCD);
    await installController(cluster, FLUX);
    await addServiceAccountUser(cluster, { name: 'argocd', ...ARGOCD });
    await addServiceAccountUser(cluster, { name: 'flux', ...FLUX });
    await addAutoscaler(cluster);
    await installGitopsKinds(cluster);
    for (const namespace of ['shop', 'podinfo', 'sandbox']) {
      await cluster.mustKubectl('root', ['create', 'namespace', namespace]);
    }
    return cluster;
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}
