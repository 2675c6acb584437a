/** The sandbox: a real cluster with Holdfast on it, for a person to try. */
import { startShopCluster } from '../cluster/shop-cluster.ts';
import type { ShopCluster } from '../cluster/shop-cluster.ts';
import { followBundle, type SandboxBundle } from './follow-bundle.ts';
import { KUBERNETES_VERSION } from '../assets/families.ts';

export interface SandboxOutput {
  readonly print: (text: string) => void;
  /** Judges instead of the policies that come with Holdfast. */
  readonly bundle?: SandboxBundle | undefined;
}

/** Starts everything and prints how to use it; resolves once all is ready. */
export async function startSandbox({ print, bundle }: SandboxOutput): Promise<ShopCluster> {
  print(
    `Starting etcd, kube-apiserver and kube-controller-manager ${KUBERNETES_VERSION} on loopback, and Holdfast`,
  );
  const shop = await startShopCluster({
    clusterName: 'sandbox',
    policies: { latest_tag_warning: { mode: 'enforce' }, pod_seccomp_default: { mode: 'enforce' } },
  });
  if (bundle !== undefined) await followBundle(shop.holdfast, bundle);
  const description = describeSandbox(shop, await shop.cluster.kubectlVersion());
  print([description, bundle ? describeBundle(bundle) : EXAMPLES, describeEnd(shop)].join('\n\n'));
  return shop;
}

/** What is there. */
function describeSandbox({ cluster, holdfast }: ShopCluster, kubectlVersion: string): string {
  const administrator = cluster.kubeconfigOf('alice');
  return `
API server   ${cluster.url}
Holdfast     ${holdfast.url} (registered as ValidatingWebhookConfiguration and MutatingWebhookConfiguration)
Its log      ${holdfast.logFile}
kubectl      ${cluster.kubectlProgram} (${kubectlVersion})

Namespace "shop" holds the application "checkout" (Deployment, ConfigMap, Service), as Argo CD would have written it.

An administrator (alice, cluster-admin):
  export KUBECONFIG=${administrator}
A user who may edit workloads and nothing else (bob):
  export KUBECONFIG=${cluster.kubeconfigOf('bob')}
The account that Argo CD writes with, its token bound to the controller's pod:
  export KUBECONFIG=${cluster.kubeconfigOf('argocd')}
`.trimStart();
}

const EXAMPLES = `Try, as the administrator:
  kubectl -n shop set image deployment/checkout app=evil:latest
      is refused: the message says who manages it, what would change, and where to change it instead
  kubectl -n shop run box --image=registry.local/box:latest
      works, with a warning about the tag; kubectl -n shop get pod box -o yaml shows the seccomp profile that was added
  kubectl delete namespace shop
      is refused: it would take managed objects with it`;

function describeBundle({ path }: SandboxBundle): string {
  return `All policies of ${path} are enforced. The bundle is followed: build it again under the same name.`;
}

function describeEnd({ holdfast }: ShopCluster): string {
  return `ready ${holdfast.url}\nCtrl-C stops everything and leaves nothing behind.`;
}
