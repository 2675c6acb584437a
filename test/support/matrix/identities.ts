/** In whose name it is tried. The attacker is a cluster-admin, who may impersonate anybody, or an editor, who may not. */
import { randomBytes, randomUUID } from 'node:crypto';
import { PLATFORM_IDENTITIES } from '../../../src/identity/platform-identities.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { ARGOCD } from '../cluster/service-account-user.ts';
import { NODE_NAME } from '../cluster/users.ts';

export interface Identity {
  readonly name: string;
  /** What it is taken for. */
  readonly role:
    | 'cluster-admin'
    | 'editor'
    | 'masters'
    | 'control plane'
    | 'node'
    | 'writer'
    | 'operator'
    | 'stranger';
  /** Its row of the platform table. */
  readonly row?: string | undefined;
  /** Whose token is sent. */
  readonly bearer: 'alice' | 'bob';
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
}

const OPERATOR = 'system:serviceaccount:operators:tuner';

/** An operator with one narrow task, as the configuration of the matrix names it. */
export const OPERATOR_ENTRY = {
  name: 'tuner',
  username: OPERATOR,
  rules: [
    {
      verbs: ['UPDATE'],
      groups: ['apps'],
      resources: ['deployments/scale'],
      paths: ['spec.replicas'],
    },
  ],
};

const MASTERS = ['system:masters', 'system:authenticated'];
const EXTRA = 'impersonate-extra-authentication.kubernetes.io%2f';
const WRITER = `system:serviceaccount:${ARGOCD.namespace}:${ARGOCD.serviceAccount}`;

/** Every identity: as it is named, and again with uid and extra fields forged as well as a cluster-admin can. */
export async function listIdentities(cluster: Cluster): Promise<readonly Identity[]> {
  const pod = await readUid(cluster, ARGOCD.namespace, `pods/${ARGOCD.pod}`);
  const worn: readonly (readonly [Identity['role'], string, string?])[] = [
    ['masters', 'mallory'],
    ['node', `system:node:${NODE_NAME}`],
    ['writer', WRITER],
    ['operator', OPERATOR],
    ['stranger', 'system:serviceaccount:shop:ghost'],
    ...[...PLATFORM_IDENTITIES].map(([username, row]) => ['control plane', username, row] as const),
  ];
  const uids = new Map(
    await Promise.all(
      worn.map(
        async ([, username]) => [username, await readAccountUid(cluster, username)] as const,
      ),
    ),
  );
  return [
    { name: 'alice', role: 'cluster-admin', bearer: 'alice', headers: {} },
    { name: 'bob', role: 'editor', bearer: 'bob', headers: {} },
    ...worn.flatMap(([role, username, row]) => {
      const groups = role === 'node' ? [...MASTERS, 'system:nodes'] : MASTERS;
      const headers = { 'impersonate-user': username, 'impersonate-group': groups };
      const named: Identity = { name: username, role, row, bearer: 'alice', headers };
      const forged = {
        ...named,
        name: `${username} (forged)`,
        headers: { ...headers, ...forgery(pod, uids.get(username)) },
      };
      return [named, forged];
    }),
  ];
}

/** The pod is the writer's own and runs; the id of the credential is of the right form, and of nothing that was ever issued. */
function forgery(
  podUid: string | undefined,
  accountUid: string | undefined,
): Readonly<Record<string, readonly string[] | string>> {
  return {
    'impersonate-uid': accountUid ?? randomUUID(),
    [`${EXTRA}pod-name`]: [ARGOCD.pod],
    [`${EXTRA}pod-uid`]: [podUid ?? ''],
    [`${EXTRA}node-name`]: [NODE_NAME],
    [`${EXTRA}credential-id`]: [
      `JTI=${randomUUID()}`,
      `X509SHA256=${randomBytes(32).toString('hex')}`,
    ],
  };
}

/** The real one, which a cluster-admin can read. */
async function readAccountUid(cluster: Cluster, username: string): Promise<string | undefined> {
  const [prefix, kind, namespace = '', name = ''] = username.split(':');
  if (prefix !== 'system' || kind !== 'serviceaccount') return undefined;
  return readUid(cluster, namespace, `serviceaccounts/${name}`);
}

async function readUid(
  cluster: Cluster,
  namespace: string,
  path: string,
): Promise<string | undefined> {
  const { body } = await cluster.request('root', `/api/v1/namespaces/${namespace}/${path}`);
  return body.metadata?.uid;
}
