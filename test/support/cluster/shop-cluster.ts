/** What most cluster tests start from: a cluster with Argo CD's account, the sample application, and Holdfast. */
import { startCluster } from './cluster.ts';
import type { ClusterOptions, StartedCluster } from './cluster.ts';
import { installGitopsKinds } from './gitops-kinds.ts';
import { registerHoldfast } from './holdfast.ts';
import type { HoldfastOptions, RegisteredHoldfast } from './holdfast.ts';
import { startNode } from './node.ts';
import type { ClusterNode } from './node.ts';
import { addServiceAccountUser, ARGOCD, installController } from './service-account-user.ts';
import { applyAsArgoCd, shopApplication, shopObjects, waitForRollout } from './shop.ts';

export interface ShopCluster {
  readonly cluster: StartedCluster;
  readonly node: ClusterNode;
  readonly holdfast: RegisteredHoldfast;
}

export interface ShopOptions extends HoldfastOptions, ClusterOptions {
  /** What is there before the webhook, which would refuse it. */
  readonly prepared?: readonly object[] | undefined;
}

/** Starts everything. The application is written and rolled out with the webhook on. */
export async function startShopCluster(options: ShopOptions = {}): Promise<ShopCluster> {
  const { assets, auditLog, auditWebhook } = options;
  const cluster = await startCluster({ assets, auditLog, auditWebhook });
  try {
    const node = await startNode(cluster);
    await installController(cluster, ARGOCD);
    await addServiceAccountUser(cluster, { name: 'argocd', ...ARGOCD });
    await cluster.mustKubectl('root', ['create', 'namespace', 'shop']);
    await installGitopsKinds(cluster);
    await applyAsArgoCd(cluster, [shopApplication()]);
    const { prepared = [] } = options;
    if (prepared.length > 0) {
      await cluster.mustKubectl('root', ['create', '-f', '-'], { input: prepared });
    }
    const holdfast = await registerHoldfast(cluster, options);
    await applyAsArgoCd(cluster, shopObjects());
    await waitForRollout(cluster);
    return { cluster, node, holdfast };
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}
