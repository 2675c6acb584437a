/** The flags with which kubectl wears a name of the control plane, and what it is worn against. */
import type { ApiObject } from '../cluster/api-client.ts';
import { waitFor } from '../cluster/wait-for.ts';
import type { AttackGround } from './attack.ts';

/** In the name and the groups of a node, with all rights: what the authorizer of nodes would refuse is up to Holdfast. */
export const AS_NODE = [
  '--as=system:node:worker-1',
  '--as-group=system:nodes',
  '--as-group=system:masters',
] as const;

/** Every controller at once, where they have no accounts of their own: no service account, so no uid is asked for. */
export const AS_CONTROLLER_MANAGER = [
  '--as=system:kube-controller-manager',
  '--as-group=system:masters',
];

/** The API server's own name. */
export const AS_API_SERVER = ['--as=system:apiserver', '--as-group=system:masters'];

/** A controller's account, with a uid as a token would show it. Whoever may impersonate may forge one. */
export function asController(name: string): readonly string[] {
  return [
    `--as=system:serviceaccount:kube-system:${name}`,
    '--as-uid=00000000-0000-4000-8000-000000000000',
    '--as-group=system:masters',
  ];
}

/** The first object of a list, once there is one; `path` lies below the application's namespace. */
export async function firstOf(
  { cluster, namespace }: AttackGround,
  prefix: string,
  path: string,
): Promise<ApiObject> {
  return await waitFor(`there is one of ${path}`, async () => {
    const { body } = await cluster.request('root', `${prefix}/namespaces/${namespace}/${path}`);
    return body.items?.[0];
  });
}

/** The ReplicaSet of the Deployment `web`, as an owner. */
export async function replicaSetAsOwner(ground: AttackGround): Promise<object> {
  const { metadata } = await firstOf(
    ground,
    '/apis/apps/v1',
    'replicasets?labelSelector=app%3Dweb',
  );
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    name: metadata?.name,
    uid: metadata?.uid,
    controller: true,
  };
}

/** A pod of that ReplicaSet, with an image of the attacker's choosing. */
export async function foreignChild(ground: AttackGround): Promise<object> {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'web-evil',
      labels: { app: 'web' },
      ownerReferences: [await replicaSetAsOwner(ground)],
    },
    spec: { containers: [{ name: 'web', image: 'registry.local/evil:1' }] },
  };
}
