/** Users who authenticate with real service account tokens, as controllers do. */
import type { Cluster } from './cluster.ts';
import { NODE_NAME } from './users.ts';

const TOKEN_SECONDS = 3600;
const TOKEN = { path: 'token', expirationSeconds: TOKEN_SECONDS };

export interface ServiceAccountUser {
  /** The name to use with `cluster.kubectl`. */
  readonly name: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  /** The pod that the token is bound to; without it the token is unbound, as `kubectl create token` makes them. */
  readonly pod?: string | undefined;
}

/** Asks the API server for a token of the service account and makes it a user of the cluster. */
export async function addServiceAccountUser(
  cluster: Cluster,
  user: ServiceAccountUser,
): Promise<void> {
  const accounts = `/api/v1/namespaces/${user.namespace}/serviceaccounts`;
  const boundObjectRef =
    user.pod === undefined ? undefined : await findPod(cluster, user.namespace, user.pod);
  const answer = await cluster.request('root', `${accounts}/${user.serviceAccount}/token`, {
    method: 'POST',
    body: {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { expirationSeconds: TOKEN_SECONDS, boundObjectRef },
    },
  });
  const token = answer.body.status?.['token'];
  if (typeof token !== 'string') {
    throw new Error(
      `Cannot get a token for ${user.namespace}/${user.serviceAccount}: ${answer.code} ${answer.body.message}`,
    );
  }
  await cluster.addUser(user.name, token);
}

/** The horizontal pod autoscaler under its own account; the cluster has no metrics, so that nothing scales by itself. */
export async function addAutoscaler(cluster: Cluster): Promise<void> {
  const account = { namespace: 'kube-system', serviceAccount: 'horizontal-pod-autoscaler' };
  await addServiceAccountUser(cluster, { name: 'autoscaler', ...account });
}

export interface ControllerInstallation {
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly pod: string;
}

/** Argo CD's application controller, as its installation manifest names it. */
export const ARGOCD: ControllerInstallation = {
  namespace: 'argocd',
  serviceAccount: 'argocd-application-controller',
  pod: 'argocd-application-controller-0',
};

/** Flux's kustomize-controller, as `flux install` names it. */
export const FLUX: ControllerInstallation = {
  namespace: 'flux-system',
  serviceAccount: 'kustomize-controller',
  pod: 'kustomize-controller-5d8f9b6c7-x2x4z',
};

/** Makes namespace, account and pod of a controller; it may do everything, as GitOps controllers do. Needs the node. */
export async function installController(
  cluster: Cluster,
  controller: ControllerInstallation,
): Promise<void> {
  const metadata = { name: controller.serviceAccount, namespace: controller.namespace };
  await cluster.mustKubectl('root', ['apply', '-f', '-'], {
    input: [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: controller.namespace } },
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRoleBinding',
        metadata: { name: controller.serviceAccount },
        roleRef: {
          apiGroup: 'rbac.authorization.k8s.io',
          kind: 'ClusterRole',
          name: 'cluster-admin',
        },
        subjects: [{ kind: 'ServiceAccount', ...metadata }],
      },
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {
          name: controller.pod,
          namespace: controller.namespace,
          labels: { app: controller.serviceAccount },
        },
        spec: {
          nodeName: NODE_NAME,
          serviceAccountName: controller.serviceAccount,
          containers: [{ name: 'controller', image: 'registry.local/controller:1.0.0' }],
          // As the ServiceAccount admission plugin, which is off here, writes it: a node gets no token without.
          volumes: [{ name: 'token', projected: { sources: [{ serviceAccountToken: TOKEN }] } }],
        },
      },
    ],
  });
}

async function findPod(cluster: Cluster, namespace: string, name: string): Promise<object> {
  const answer = await cluster.request('root', `/api/v1/namespaces/${namespace}/pods/${name}`);
  if (answer.code !== 200) {
    throw new Error(`Cannot bind a token to pod ${namespace}/${name}: ${answer.body.message}`);
  }
  return { kind: 'Pod', apiVersion: 'v1', name, uid: answer.body.metadata?.uid };
}
