/**
 * A real cluster with a real Argo CD that applies through a real Holdfast, failure policy Fail.
 *
 * It is started once and holds applications in store: each has a repository, a namespace and an Application of its own, so that
 * tests, files and even processes that share the cluster do not meet. `claimApplication` hands them out.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from '../../../src/base/cache-folder.ts';
import type { Release } from '../assets/families.ts';
import { prepareArgoCdAssets } from '../assets/gitops.ts';
import { startCluster } from '../cluster/cluster.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { registerHoldfast } from '../cluster/holdfast.ts';
import type { HoldfastOptions, RegisteredHoldfast } from '../cluster/holdfast.ts';
import { keepLogs } from '../cluster/keep-logs.ts';
import { startNode } from '../cluster/node.ts';
import type { ClusterNode } from '../cluster/node.ts';
import { addServiceAccountUser, ARGOCD, FLUX } from '../cluster/service-account-user.ts';
import {
  applicationObject,
  applicationPath,
  isSynced,
  openApplication,
  SOURCE_PATH,
} from './application.ts';
import type { TestApplication } from './application.ts';
import { createGitServer, openRepository, startGitServer } from './git-server.ts';
import type { GitServer } from './git-server.ts';
import { installArgoCd } from './install.ts';
import { installServer } from './install-server.ts';
import type { InstalledServer } from './install-server.ts';
import { startArgoCd } from './processes.ts';
import type { ArgoCdProcesses, HydratorOptions } from './processes.ts';
import { sampleFiles } from './sample-files.ts';

const RESYNC_SECONDS = 5;
/** Whose pods are the controller, in Argo CD's own installation. */
const WORKLOAD = { kind: 'StatefulSet', name: ARGOCD.serviceAccount };

export interface GitOpsOptions extends HoldfastOptions {
  /** How many applications are in store. @default 1 */
  readonly applications?: number | undefined;
  /** The repositories are folders (`file://`), with these settings of git. Absent: they are served by `git daemon`. */
  readonly folders?: Readonly<Record<string, string>> | undefined;
  /** How often Argo CD compares every application with Git by itself. @default 5 */
  readonly resyncSeconds?: number | undefined;
  /** Runs the hydrator. Absent: no branch is hydrated. */
  readonly hydrator?: HydratorOptions | undefined;
  /** Runs Argo CD's own server, too. @default false */
  readonly server?: boolean | undefined;
  /** Of Argo CD and of the cluster. @default 'current' */
  readonly release?: Release | undefined;
}

/** What every user of the cluster has, whether it started the cluster or joined it. */
export interface GitOpsCluster {
  /**
   * Users: `root` (system:masters), `alice` (cluster-admin), `bob` (edits workloads), `argocd` (the token of the controller's
   * live pod: what the controller itself uses), `kubelet`, `scheduler`, `controller-manager`.
   */
  readonly cluster: Cluster;
  readonly git: GitServer;
  /** Holdfast's log: its decision records too. */
  readonly holdfastLog: string;
  readonly controllerLog: string;
  /** An application that nobody else has, in sync. */
  readonly claimApplication: () => Promise<TestApplication>;
  readonly stop: () => Promise<void>;
}

/** What only the process that started it has. */
export interface OwnedGitOpsCluster extends GitOpsCluster {
  readonly node: ClusterNode;
  readonly holdfast: RegisteredHoldfast;
  readonly argocd: ArgoCdProcesses;
  /** Absent if Argo CD's own server does not run. */
  readonly server: InstalledServer | undefined;
  /** The names of all applications in store. */
  readonly applications: readonly string[];
}

/** Starts everything. The applications' first sync goes through the webhook already. */
export async function startGitOpsCluster(options: GitOpsOptions = {}): Promise<OwnedGitOpsCluster> {
  const { release } = options;
  const assets = await prepareArgoCdAssets({ cacheFolder: cacheFolder(), release });
  const cluster = await startCluster({ release });
  try {
    const node = await startNode(cluster);
    const git = await openGitServer(cluster, options);
    await installArgoCd(cluster, assets.installManifest);
    await cluster.mustKubectl('root', ['create', 'namespace', FLUX.namespace]);
    await addServiceAccountUser(cluster, { name: 'argocd', ...ARGOCD });
    const server = options.server === true ? await installServer(cluster, assets) : undefined;
    const names = await storeApplications(cluster, git, options);
    const holdfast = await registerHoldfast(cluster, {
      workloads: { argocd: WORKLOAD },
      ...options,
    });
    const argocd = await startArgoCd(cluster, assets, {
      resyncSeconds: options.resyncSeconds ?? RESYNC_SECONDS,
      hydrator: options.hydrator,
      serverUser: server?.user,
    });
    return {
      cluster,
      node,
      git,
      holdfast,
      argocd,
      server,
      applications: names,
      holdfastLog: holdfast.logFile,
      controllerLog: argocd.controllerLog,
      claimApplication: () => claimApplication({ cluster, git, names }, argocd.assertRunning),
      stop: cluster.stop,
    };
  } catch (error) {
    await keepLogs(cluster);
    await cluster.stop();
    throw error;
  }
}

async function openGitServer(cluster: Cluster, { folders }: GitOpsOptions): Promise<GitServer> {
  if (folders === undefined) return await startGitServer(cluster);
  const folder = join(cluster.folder, 'git');
  await mkdir(folder);
  return createGitServer(`file://${folder}`, folder);
}

/** Namespaces and Applications are there before the webhook: who may make them is another question. */
async function storeApplications(
  cluster: Cluster,
  git: GitServer,
  { applications: count = 1, folders }: GitOpsOptions,
): Promise<readonly string[]> {
  const names = Array.from(
    { length: count },
    (_, index) => `app-${String(index).padStart(2, '0')}`,
  );
  const files = Object.entries(sampleFiles()).map(([file, content]) => [
    `${SOURCE_PATH}/${file}`,
    content,
  ]);
  const template = await git.create('template', Object.fromEntries(files), folders);
  const repositories = await Promise.all(names.map((name) => git.copy(template, name)));
  await cluster.mustKubectl('root', ['create', '-f', '-'], {
    input: [
      ...names.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
      ...repositories.map(({ name, url }) => applicationObject({ name, repositoryUrl: url })),
    ],
  });
  return names;
}

/** Hands out an application that no process has taken, one in sync if there is one; whoever makes its folder has it. */
export async function claimApplication(
  store: { readonly cluster: Cluster; readonly git: GitServer; readonly names: readonly string[] },
  assertRunning: () => Promise<void>,
): Promise<TestApplication> {
  const { cluster, git, names } = store;
  const claims = join(cluster.folder, 'claims');
  await mkdir(claims, { recursive: true });
  for (const name of await readyFirst(cluster, names)) {
    if (!(await isMine(join(claims, name)))) continue;
    const repository = openRepository({ name, url: git.url, folder: git.folder });
    const application = openApplication(cluster, repository, assertRunning);
    await application.waitSynced();
    return application;
  }
  throw new Error(`All ${names.length} applications of the cluster are taken: start it with more`);
}

async function readyFirst(cluster: Cluster, names: readonly string[]): Promise<readonly string[]> {
  const { body } = await cluster.request('root', applicationPath());
  const ready = new Set(
    body.items?.filter((item) => isSynced(item)).map(({ metadata }) => metadata?.name),
  );
  return names.toSorted((one, other) => Number(ready.has(other)) - Number(ready.has(one)));
}

async function isMine(claim: string): Promise<boolean> {
  try {
    await mkdir(claim);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}
