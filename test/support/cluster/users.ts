/** Who may talk to a test cluster, and with which token. */
import { randomBytes } from 'node:crypto';
import { issueTestCertificate } from '../certificates.ts';
import type { TestPair } from '../certificates.ts';

/** What a user shows to the API server. */
export type ClusterCredential = { readonly token: string } | { readonly certificate: TestPair };

export interface ClusterUser {
  readonly name: string;
  readonly username: string;
  readonly credential: ClusterCredential;
  readonly uid?: string | undefined;
  readonly groups: readonly string[];
}

/** The node of a test cluster: there is no kubelet, so the tests speak with its voice. */
export const NODE_NAME = 'worker-1';

/**
 * - `root`: the harness itself (`system:masters`)
 * - `alice`: a cluster-admin by RBAC, as people are
 * - `bob`: may edit workloads and nothing else
 * - `kubelet`, `scheduler`, `controller-manager`: the control plane under its real names, with certificates as kubeadm
 *   makes them
 *
 * `authority` is the one that the API server trusts with client certificates.
 */
export function createUsers(authority: TestPair): readonly ClusterUser[] {
  return [
    createUser('root', 'holdfast-test-harness', ['system:masters']),
    createUser('alice', 'alice', ['developers']),
    createUser('bob', 'bob', ['developers']),
    createComponent('kubelet', `system:node:${NODE_NAME}`, { authority, groups: ['system:nodes'] }),
    createComponent('scheduler', 'system:kube-scheduler', { authority }),
    createComponent('controller-manager', 'system:kube-controller-manager', { authority }),
  ];
}

/** The lines of kube-apiserver's `--token-auth-file`: token, user name, uid, groups. */
export function formatTokenFile(users: readonly ClusterUser[]): string {
  return users
    .map(({ credential, username, uid = '', groups }) =>
      'token' in credential ? `${credential.token},${username},${uid},"${groups.join(',')}"\n` : '',
    )
    .join('');
}

/** A kubeconfig for one user of one cluster. */
export function formatKubeconfig(
  user: Pick<ClusterUser, 'name' | 'credential'>,
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
      users: [{ name: user.name, user: formatCredential(user.credential) }],
      contexts: [{ name: user.name, context }],
      'current-context': user.name,
    },
    undefined,
    2,
  )}\n`;
}

function createUser(name: string, username: string, groups: readonly string[]): ClusterUser {
  const token = randomBytes(16).toString('hex');
  return { name, username, credential: { token }, uid: `${name}-uid`, groups };
}

function createComponent(
  name: string,
  username: string,
  { authority, groups = [] }: { readonly authority: TestPair; readonly groups?: readonly string[] },
): ClusterUser {
  const certificate = issueClientCertificate(authority, { username, groups });
  return { name, username, credential: { certificate }, groups };
}

/** A certificate by which the API server knows this user: the common name, and the organizations as groups. */
export function issueClientCertificate(
  authority: TestPair,
  { username, groups }: { readonly username: string; readonly groups: readonly string[] },
): TestPair {
  return issueTestCertificate({
    purpose: 'client',
    commonNames: [username],
    organizations: groups,
    issuer: authority,
  });
}

function formatCredential(credential: ClusterCredential): object {
  if ('token' in credential) return credential;
  const { cert, key } = credential.certificate;
  return {
    'client-certificate-data': Buffer.from(cert).toString('base64'),
    'client-key-data': Buffer.from(key).toString('base64'),
  };
}
