/** Who may talk to a test cluster, and with which token. */
import { randomBytes } from 'node:crypto';

export interface ClusterUser {
  readonly name: string;
  readonly username: string;
  readonly token: string;
  readonly uid?: string | undefined;
  readonly groups: readonly string[];
}

/** The node of a test cluster: there is no kubelet, so the tests speak with its voice. */
export const NODE_NAME = 'worker-1';

/**
 * - `root`: the harness itself (`system:masters`)
 * - `alice`: a cluster-admin by RBAC, as people are
 * - `bob`: may edit workloads and nothing else
 * - `kubelet`, `scheduler`, `controller-manager`: the control plane under its real names
 */
export function createUsers(): readonly ClusterUser[] {
  return [
    createUser('root', 'holdfast-test-harness', ['system:masters']),
    createUser('alice', 'alice', ['developers']),
    createUser('bob', 'bob', ['developers']),
    createUser('kubelet', `system:node:${NODE_NAME}`, ['system:nodes']),
    createUser('scheduler', 'system:kube-scheduler', []),
    createUser('controller-manager', 'system:kube-controller-manager', []),
  ];
}

/** The lines of kube-apiserver's `--token-auth-file`: token, user name, uid, groups. */
export function formatTokenFile(users: readonly ClusterUser[]): string {
  return users
    .map((user) => `${user.token},${user.username},${user.uid ?? ''},"${user.groups.join(',')}"\n`)
    .join('');
}

/** A kubeconfig for one user of one cluster. */
export function formatKubeconfig(
  user: Pick<ClusterUser, 'name' | 'token'>,
  cluster: {
    readonly url: string;
    readonly caFile: string;
    readonly namespace?: string | undefined;
  },
): string {
  const context = {
    cluster: 'holdfast-test',
    user: user.name,
    namespace: cluster.namespace ?? 'default',
  };
  return `${JSON.stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [
        {
          name: 'holdfast-test',
          cluster: { server: cluster.url, 'certificate-authority': cluster.caFile },
        },
      ],
      users: [{ name: user.name, user: { token: user.token } }],
      contexts: [{ name: user.name, context }],
      'current-context': user.name,
    },
    undefined,
    2,
  )}\n`;
}

function createUser(name: string, username: string, groups: readonly string[]): ClusterUser {
  return { name, username, token: randomBytes(16).toString('hex'), uid: `${name}-uid`, groups };
}
