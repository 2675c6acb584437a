/** The account of Argo CD's own server, with a pod that its token is bound to, and a password for its administrator. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import type { ArgoCdAssets } from '../assets/gitops.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { addServiceAccountUser, ARGOCD } from '../cluster/service-account-user.ts';
import { NODE_NAME } from '../cluster/users.ts';

export interface InstalledServer {
  /** The user of the cluster whom the server acts as. */
  readonly user: string;
  /** Of `admin`, in Argo CD. */
  readonly password: string;
}

const NAME = 'argocd-server';
const POD = 'argocd-server-0';
const KEY_BYTES = 32;

/** Before Holdfast is registered, as in a cluster that adopts it. Needs Argo CD's installation and the node. */
export async function installServer(
  cluster: Cluster,
  assets: ArgoCdAssets,
): Promise<InstalledServer> {
  const password = randomBytes(KEY_BYTES).toString('hex');
  await cluster.mustKubectl('root', ['apply', '-f', '-'], { input: [serverPod()] });
  await cluster.mustKubectl('root', [
    '-n',
    ARGOCD.namespace,
    'patch',
    'secret',
    'argocd-secret',
    '--type=merge',
    '--patch',
    JSON.stringify({
      stringData: {
        'admin.password': await hashPassword(assets, password),
        'admin.passwordMtime': new Date().toISOString().replace(/\.\d+/u, ''),
        'server.secretkey': randomBytes(KEY_BYTES).toString('base64'),
      },
    }),
  ]);
  await addServiceAccountUser(cluster, {
    name: NAME,
    namespace: ARGOCD.namespace,
    serviceAccount: NAME,
    pod: POD,
  });
  return { user: NAME, password };
}

function serverPod(): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: POD, namespace: ARGOCD.namespace, labels: { app: NAME } },
    spec: {
      nodeName: NODE_NAME,
      serviceAccountName: NAME,
      containers: [{ name: 'server', image: 'registry.local/argocd:3' }],
    },
  };
}

async function hashPassword({ argocd }: ArgoCdAssets, password: string): Promise<string> {
  const { stdout } = await promisify(execFile)(
    argocd,
    ['account', 'bcrypt', '--password', password],
    { env: { ...process.env, ARGOCD_BINARY_NAME: 'argocd' } },
  );
  return stdout.trim();
}
