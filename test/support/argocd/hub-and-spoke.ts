/**
 * Two real clusters: a hub with a real Argo CD, and a spoke with Holdfast in front, to which the hub deploys. The spoke is set up
 * by the commands of docs/hub.md.
 */
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder } from '../../../src/base/cache-folder.ts';
import { prepareArgoCdAssets } from '../assets/gitops.ts';
import { startCluster, type StartedCluster } from '../cluster/cluster.ts';
import { registerHoldfast, type RegisteredHoldfast } from '../cluster/holdfast.ts';
import { keepLogs } from '../cluster/keep-logs.ts';
import { startNode } from '../cluster/node.ts';
import { addServiceAccountUser, ARGOCD } from '../cluster/service-account-user.ts';
import type { SigningSettings } from '../commits/signing-keys.ts';
import { formatSession, listStepsOf, parseSession } from '../docs/typed-commands.ts';
import { applicationObject, openApplication, SOURCE_PATH } from './application.ts';
import type { TestApplication } from './application.ts';
import { createGitServer, type GitRepository, type GitServer } from './git-server.ts';
import { installArgoCd } from './install.ts';
import { startArgoCd, type ArgoCdProcesses } from './processes.ts';
import { sampleFiles } from './sample-files.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const TYPED_BY = 'test/e2e/hub.test.ts';
const MARKER = '@@holdfast-step@@';
const RESYNC_SECONDS = 5;
/** The account that `argocd cluster add` makes. */
const MANAGER = { namespace: 'kube-system', serviceAccount: 'argocd-manager' };
const KEPT_MS = 10 * 60_000;
const SILENCE_MS = 5000;

export interface HubAndSpokeOptions {
  /** How commits of the repositories are signed. */
  readonly signing: SigningSettings;
  /** The sections `commits` and `mirrors` of Holdfast on the spoke. */
  readonly commits: Readonly<Record<string, unknown>>;
  readonly mirrors: Readonly<Record<string, unknown>>;
}

export interface HubAndSpoke {
  /** The spoke. Users: those of every cluster, `argocd-manager` (the token that the hub has) and `other-token` (another one). */
  readonly cluster: StartedCluster;
  readonly hub: StartedCluster;
  readonly holdfast: RegisteredHoldfast;
  readonly argocd: ArgoCdProcesses;
  readonly git: GitServer;
  /** An Application of the hub that is in sync; it deploys to the spoke, which it names by its address. */
  readonly application: TestApplication;
  /** Of another cluster. */
  readonly elsewhere: string;
  /** A line of Holdfast's `/readyz`. */
  readonly readiness: (name: string) => Promise<string>;
  readonly metrics: (prefix: string) => Promise<readonly string[]>;
  readonly stop: () => Promise<void>;
}

/** Starts everything. The application's first sync goes through the webhook already. */
export async function startHubAndSpoke(options: HubAndSpokeOptions): Promise<HubAndSpoke> {
  const assets = await prepareArgoCdAssets({ cacheFolder: cacheFolder() });
  const [hub, cluster] = await Promise.all([startCluster(), startCluster()]);
  const stop = async (): Promise<void> => {
    await Promise.all([hub.stop(), cluster.stop()]);
  };
  try {
    await Promise.all([startNode(hub), startNode(cluster)]);
    await installArgoCd(hub, assets.installManifest);
    await addServiceAccountUser(hub, { name: 'argocd', ...ARGOCD });
    await installManager(cluster);
    const { folder, credential } = await typeCommands(hub, cluster);
    await addManagerUsers(hub, cluster, folder);
    const holdfast = await registerHoldfast(cluster, {
      commits: options.commits,
      mirrors: options.mirrors,
      writers: [
        {
          name: 'hub',
          username: `system:serviceaccount:${MANAGER.namespace}:${MANAGER.serviceAccount}`,
          tool: 'argocd',
          proof: 'unbound',
          credentials: [credential],
        },
      ],
      kubernetes: {
        watch: { silenceMs: SILENCE_MS },
        hub: {
          kubeconfigFile: join(folder, 'hub.kubeconfig'),
          cluster: { servers: [cluster.url], names: ['prod-eu-1'] },
          keptMs: KEPT_MS,
        },
      },
    });
    const argocd = await startArgoCd(hub, assets, { resyncSeconds: RESYNC_SECONDS });
    const applications = await makeApplications({ hub, cluster }, options, argocd);
    await applications.application.waitSynced();
    return { cluster, hub, holdfast, argocd, ...applications, ...observe(holdfast), stop };
  } catch (error) {
    await keepLogs(hub);
    await keepLogs(cluster);
    await stop();
    throw error;
  }
}

/** As `argocd cluster add` does; source: argo-cd util/clusterauth/clusterauth.go. */
async function installManager(cluster: StartedCluster): Promise<void> {
  const account = { name: MANAGER.serviceAccount, namespace: MANAGER.namespace };
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole' };
  await cluster.mustKubectl('root', ['create', '-f', '-'], {
    input: [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'holdfast-system' } },
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: account },
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRoleBinding',
        metadata: { name: 'argocd-manager-role-binding' },
        roleRef: { ...roleRef, name: 'cluster-admin' },
        subjects: [{ kind: 'ServiceAccount', ...account }],
      },
    ],
  });
}

/** Types the commands of the document, as a person whose kubectl has the contexts `hub` and `spoke`. */
async function typeCommands(
  hub: StartedCluster,
  spoke: StartedCluster,
): Promise<{ readonly folder: string; readonly credential: string }> {
  const folder = join(spoke.folder, 'typed');
  await mkdir(folder);
  const kubeconfig = join(folder, 'kubeconfig');
  const contexts = await Promise.all([readUser('hub', hub), readUser('spoke', spoke)]);
  await writeFile(kubeconfig, JSON.stringify(joinKubeconfigs(contexts)), { mode: 0o600 });
  const steps = listStepsOf(await readFile(join(ROOT, 'docs', 'hub.md'), 'utf8'), TYPED_BY);
  await writeFile(join(folder, 'session.sh'), formatSession(steps, MARKER));
  const path = `${dirname(hub.kubectlProgram)}:${process.env['PATH']}`;
  const { stdout } = await promisify(execFile)('bash', ['session.sh'], {
    cwd: folder,
    env: { ...process.env, PATH: path, HOME: folder, KUBECONFIG: kubeconfig },
  });
  const results = parseSession(stdout, MARKER);
  const failed = results.find(({ status }) => status !== 0);
  if (failed !== undefined || results.length !== steps.length) {
    throw new Error(`A command of docs/hub.md failed:\n${stdout}`);
  }
  const digits = /^(?<hash>[0-9a-f]{64}) /mu.exec(results.at(-1)?.output ?? '')?.groups?.['hash'];
  if (digits === undefined) throw new Error(`No hash was printed:\n${stdout}`);
  return { folder, credential: `sha256:${digits}` };
}

async function readUser(context: string, cluster: StartedCluster) {
  const kubeconfig = await readFile(cluster.kubeconfigOf('root'), 'utf8');
  const token = /"token": "(?<token>[^"]+)"/u.exec(kubeconfig)?.groups?.['token'] ?? '';
  return { context, token, server: cluster.url, ca: cluster.ca };
}

function joinKubeconfigs(users: readonly Awaited<ReturnType<typeof readUser>>[]): object {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: users.map(({ context: name, server, ca }) => {
      const authority = Buffer.from(ca).toString('base64');
      return { name, cluster: { server, 'certificate-authority-data': authority } };
    }),
    users: users.map(({ context: name, token }) => ({ name, user: { token } })),
    contexts: users.map(({ context: name }) => ({ name, context: { cluster: name, user: name } })),
  };
}

/** The hub's token as the person has put it into the cluster Secret; another one that somebody asked for. */
async function addManagerUsers(
  hub: StartedCluster,
  cluster: StartedCluster,
  folder: string,
): Promise<void> {
  const token = (await readFile(join(folder, 'argocd-manager.token'), 'utf8')).trim();
  await cluster.addUser('argocd-manager', token);
  await addServiceAccountUser(cluster, { name: 'other-token', ...MANAGER });
  const caData = Buffer.from(cluster.ca).toString('base64');
  const labels = { 'argocd.argoproj.io/secret-type': 'cluster' };
  await hub.mustKubectl('root', ['create', '-f', '-'], {
    input: {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'cluster-prod-eu-1', namespace: ARGOCD.namespace, labels },
      stringData: {
        name: 'prod-eu-1',
        server: cluster.url,
        config: JSON.stringify({ bearerToken: token, tlsClientConfig: { caData } }),
      },
    },
  });
}

async function makeApplications(
  { hub, cluster }: { readonly hub: StartedCluster; readonly cluster: StartedCluster },
  { signing }: HubAndSpokeOptions,
  { assertRunning }: ArgoCdProcesses,
) {
  const folder = join(hub.folder, 'git');
  await mkdir(folder);
  const git = createGitServer(`file://${folder}`, folder);
  const files = Object.entries(sampleFiles()).map(([file, content]) => [
    `${SOURCE_PATH}/${file}`,
    content,
  ]);
  const repository = await git.create('shop', Object.fromEntries(files), signing);
  const { name } = repository;
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
  await cluster.mustKubectl('root', ['create', '-f', '-'], { input: namespace });
  const elsewhere = 'bank';
  await hub.mustKubectl('root', ['create', '-f', '-'], {
    input: [
      deployTo({ server: cluster.url, namespace: name }, repository),
      // Whatever it does, it does it in another cluster.
      {
        ...deployTo({ name: 'prod-us-1', namespace: name }, { ...repository, name: elsewhere }),
        operation: { sync: { revision: 'main' } },
      },
    ],
  });
  const application = openApplication(hub, repository, assertRunning);
  return { git, application, elsewhere };
}

function deployTo(destination: object, { name, url }: GitRepository): object {
  return applicationObject({ name, repositoryUrl: url, spec: { destination } });
}

function observe({ folder }: RegisteredHoldfast): Pick<HubAndSpoke, 'readiness' | 'metrics'> {
  const get = async (path: string): Promise<readonly string[]> => {
    const text = await readFile(join(folder, 'holdfast.yaml'), 'utf8');
    const port = /"metrics": \{\s*"port": (?<port>\d+)/u.exec(text)?.groups?.['port'] ?? '';
    const answer = await fetch(`http://127.0.0.1:${port}${path}`);
    return (await answer.text()).split('\n');
  };
  return {
    readiness: async (name) => (await get('/readyz')).find((line) => line.includes(name)) ?? '',
    metrics: async (prefix) => (await get('/metrics')).filter((line) => line.startsWith(prefix)),
  };
}
