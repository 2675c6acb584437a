/** Installers and clouds do their own work under names that show no credential, and nobody is refused. */
import { describe, it } from 'node:test';
import {
  assertNobodyRefused,
  useInnocentCluster,
  ROLLING_PODS,
  SHOP,
} from '../../support/cluster/innocents.ts';
import type { InnocentCluster } from '../../support/cluster/innocents.ts';
import { NODE_NAME } from '../../support/cluster/users.ts';
import { waitFor } from '../../support/cluster/wait-for.ts';

interface Caller {
  readonly username: string;
  readonly groups: readonly string[];
  readonly uid?: string;
}

/** kubeadm's own person: a cluster-admin by a binding of this group. */
const KUBEADM: Caller = { username: 'kubernetes-admin', groups: ['kubeadm:cluster-admins'] };
/** Its second one, for when RBAC itself is broken. */
const SUPER_ADMIN: Caller = { username: 'kubernetes-super-admin', groups: ['system:masters'] };
const MASTERS = ['system:masters'];
const EKS_ADDONS: Caller = { username: 'eks:addon-manager', groups: MASTERS };
const EKS_NODES: Caller = { username: 'eks:node-manager', groups: MASTERS };
const GKE_CLOUD: Caller = { username: 'system:cloud-controller-manager', groups: MASTERS };
const AKS: Caller = { username: 'aksService', groups: MASTERS };

describe('nobody in the right is refused: installers and clouds', () => {
  const world = useInnocentCluster();

  // Clouds authenticate their own components by webhooks and proxies: the review shows a name, groups and nothing else, which
  // is what impersonation by the harness makes of it.
  function act(
    { username, groups, uid }: Caller,
    argv: readonly string[],
    input?: readonly object[],
  ): Promise<string> {
    const name = [`--as=${username}`, ...groups.map((group) => `--as-group=${group}`)];
    const identity = uid === undefined ? name : [...name, `--as-uid=${uid}`];
    const { cluster } = world();
    return cluster.mustKubectl('root', [...identity, ...argv], input && { input });
  }

  it('kubeadm writes its configuration and makes a token for the next node', async () => {
    await world().kubectl(
      'create',
      'clusterrolebinding',
      'kubeadm:cluster-admins',
      '--clusterrole=cluster-admin',
      '--group=kubeadm:cluster-admins',
    );
    await act(
      KUBEADM,
      ['apply', '-f', '-'],
      [
        configMap('kubeadm-config', { ClusterConfiguration: 'kind: ClusterConfiguration' }),
        configMap('kubelet-config', { kubelet: 'kind: KubeletConfiguration' }),
        {
          apiVersion: 'v1',
          kind: 'Secret',
          metadata: { name: 'bootstrap-token-abcdef', namespace: 'kube-system' },
          type: 'bootstrap.kubernetes.io/token',
          stringData: { 'token-id': 'abcdef', 'token-secret': '0123456789abcdef' },
        },
      ],
    );
  });

  it('kubeadm installs its addons, and upgrades them', async () => {
    for (const version of ['1', '2']) await act(KUBEADM, ['apply', '-f', '-'], addons(version));
  });

  it('kubeadm labels and annotates a node', async () => {
    const node = ['node', NODE_NAME];
    await act(KUBEADM, ['label', ...node, 'node-role.kubernetes.io/control-plane=']);
    await act(KUBEADM, ['annotate', ...node, 'kubeadm.alpha.kubernetes.io/cri-socket=unix:///x']);
  });

  it('the super-admin repairs a role binding', async () => {
    const role = ['--clusterrole=cluster-admin', '--group=kubeadm:cluster-admins'];
    await act(SUPER_ADMIN, ['delete', 'clusterrolebinding', 'kubeadm:cluster-admins']);
    await act(SUPER_ADMIN, ['create', 'clusterrolebinding', 'kubeadm:cluster-admins', ...role]);
  });

  it('a cloud applies its addons on the server’s side', async () => {
    await act(
      EKS_ADDONS,
      ['apply', '--server-side', '--force-conflicts', '--field-manager=eks', '-f', '-'],
      [configMap('amazon-vpc-cni', { enabled: 'true' }), ...addons('3')],
    );
  });

  it('a cloud labels its node, and takes a taint off', async () => {
    await act(EKS_NODES, ['label', 'node', NODE_NAME, 'eks.amazonaws.com/nodegroup=one']);
    await act(GKE_CLOUD, ['taint', 'node', NODE_NAME, 'a.example.com/uninitialized=:NoSchedule']);
    await act(GKE_CLOUD, ['taint', 'node', NODE_NAME, 'a.example.com/uninitialized-']);
  });

  it('a cloud gives a managed Service its load balancer', async () => {
    const { sync } = world();
    await sync({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'cloudy' },
      spec: { type: 'LoadBalancer', selector: { app: 'rolling' }, ports: [{ port: 80 }] },
    });
    const service = ['-n', 'shop', 'patch', 'service', 'cloudy', '--type=merge'];
    const finalizers = ['service.kubernetes.io/load-balancer-cleanup'];
    await act(GKE_CLOUD, [...service, '-p', JSON.stringify({ metadata: { finalizers } })]);
    const status = { loadBalancer: { ingress: [{ ip: '192.0.2.3' }] } };
    await act(GKE_CLOUD, [...service, '--subresource=status', '-p', JSON.stringify({ status })]);
  });

  it('a cloud drains a node that it is going to replace', async () => {
    const { cluster, running } = world();
    await act(AKS, ['cordon', NODE_NAME]);
    await waitFor('a pod may be evicted', async () => {
      const [pod] = await running(ROLLING_PODS);
      return evict(cluster, AKS, pod?.metadata?.name ?? '');
    });
    await act(AKS, ['uncordon', NODE_NAME]);
    await waitFor('three pods run again', async () => (await running(ROLLING_PODS)).length === 3);
  });

  it('and no decision of all of these was a refusal', async () => {
    await assertNobodyRefused(world());
  });
});

function configMap(name: string, data: Readonly<Record<string, string>>): object {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'kube-system' },
    data,
  };
}

function addons(version: string): readonly object[] {
  const labels = { 'k8s-app': 'kube-proxy' };
  const metadata = { name: 'kube-proxy', namespace: 'kube-system' };
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { ...metadata, labels },
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            serviceAccountName: 'kube-proxy',
            terminationGracePeriodSeconds: 0,
            containers: [{ name: 'kube-proxy', image: `registry.local/kube-proxy:${version}` }],
          },
        },
      },
    },
  ];
}

/** False where a disruption budget says that it is too early, or the pod has just gone. */
async function evict(
  cluster: InnocentCluster['cluster'],
  { username, groups }: Caller,
  name: string,
): Promise<boolean> {
  const argv = ['create', '--raw', `${SHOP}/pods/${name}/eviction`, '-f', '-'];
  const identity = [`--as=${username}`, ...groups.map((group) => `--as-group=${group}`)];
  const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name } };
  const { code, stderr } = await cluster.kubectl('root', [...identity, ...argv], {
    input: eviction,
  });
  if (code === 0) return true;
  if (/disruption budget|not found/u.test(stderr)) return false;
  throw new Error(stderr);
}
