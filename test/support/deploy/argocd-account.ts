/** Argo CD's application controller as its manifests install it: a StatefulSet under an account that may do everything. */
import type { Cluster } from '../cluster/cluster-handle.ts';
import { ARGOCD } from '../cluster/service-account-user.ts';
import { waitFor } from '../cluster/wait-for.ts';

const LABELS = { app: ARGOCD.serviceAccount };

/** Makes it, and returns once its pod runs. Needs the node. */
export async function installArgoCdAccount(cluster: Cluster): Promise<void> {
  const { namespace, serviceAccount, pod } = ARGOCD;
  const metadata = { name: serviceAccount, namespace };
  await cluster.mustKubectl('root', ['apply', '-f', '-'], {
    input: [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRoleBinding',
        metadata: { name: serviceAccount },
        roleRef: {
          apiGroup: 'rbac.authorization.k8s.io',
          kind: 'ClusterRole',
          name: 'cluster-admin',
        },
        subjects: [{ kind: 'ServiceAccount', ...metadata }],
      },
      {
        apiVersion: 'apps/v1',
        kind: 'StatefulSet',
        metadata,
        spec: {
          serviceName: serviceAccount,
          selector: { matchLabels: LABELS },
          template: {
            metadata: { labels: LABELS },
            spec: {
              serviceAccountName: serviceAccount,
              containers: [{ name: 'controller', image: 'registry.local/controller:1.0.0' }],
            },
          },
        },
      },
    ],
  });
  await waitFor('its pod runs', async () => {
    const { body } = await cluster.request('root', `/api/v1/namespaces/${namespace}/pods/${pod}`);
    return body.status?.['phase'] === 'Running';
  });
}
