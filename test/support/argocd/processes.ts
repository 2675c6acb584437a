/** The parts of Argo CD that apply what stands in Git: Redis, the repository server, the application controller, and the hydrator's. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'node:net';
import { once } from 'node:events';
import type { ArgoCdAssets } from '../assets/gitops.ts';
import { pausableProcess } from '../cluster/bypass.ts';
import type { PausableController } from '../cluster/bypass.ts';
import { startChild } from '../cluster/child-process.ts';
import type { RunningChild } from '../cluster/child-process.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { findFreePorts } from '../cluster/free-ports.ts';
import { ARGOCD } from '../cluster/service-account-user.ts';
import { waitFor } from '../cluster/wait-for.ts';

/** Without these the parts look for keys and sockets where a container image has them. */
const ENVIRONMENT = { ARGOCD_FAKE_IN_CLUSTER: 'true', ARGOCD_GPG_ENABLED: 'false' };

/** On two cores, dozens of applications that are compared and synced at once are all slow, and none is early. */
const PARALLELISM = ['--status-processors=4', '--operation-processors=4'];

export interface ArgoCdOptions {
  /** How often every application is compared with Git even if nothing was heard of. */
  readonly resyncSeconds: number;
  /** Absent: no branch is hydrated. */
  readonly hydrator?: HydratorOptions | undefined;
  /** The user of the cluster whom Argo CD's own server acts as. Absent: it does not run. */
  readonly serverUser?: string | undefined;
}

export interface HydratorOptions {
  /** The configuration of git that the commit server commits with: a file, which may change. */
  readonly gitConfigFile: string;
}

export interface ArgoCdProcesses {
  readonly pids: readonly number[];
  readonly controllerLog: string;
  readonly repoServerLog: string;
  /** Where Argo CD's own server answers, if it runs. */
  readonly serverUrl: string | undefined;
  /** The application controller. */
  readonly controller: PausableController;
  /** Throws with the end of its log when one of the parts is gone. */
  readonly assertRunning: () => Promise<void>;
}

/** Starts the three as the user `argocd` of the cluster; they end with it. */
export async function startArgoCd(
  cluster: Cluster,
  assets: ArgoCdAssets,
  options: ArgoCdOptions,
): Promise<ArgoCdProcesses> {
  const [
    redis = 0,
    repoServer = 0,
    repoMetrics = 0,
    metrics = 0,
    commitServer = 0,
    commitMetrics = 0,
    server = 0,
    serverMetrics = 0,
  ] = await findFreePorts(8);
  const folder = join(cluster.folder, 'argocd');
  await mkdir(join(folder, 'tmp'), { recursive: true });
  const ports = {
    redis,
    repoServer,
    repoMetrics,
    metrics,
    commitServer,
    commitMetrics,
    server,
    serverMetrics,
  };
  const context: StartContext = { cluster, assets, folder, ports };
  // The controller comes last: what it cannot compare at its start it looks at again only at the next comparison.
  const repository = await startRepoServer(context, options);
  const servers = [await startRedis(context), repository];
  const { hydrator } = options;
  if (hydrator !== undefined) servers.push(await startCommitServer(context, hydrator));
  for (const child of servers) cluster.adopt(child);
  const asked = hydrator === undefined ? [redis, repoServer] : [redis, repoServer, commitServer];
  await waitUntilAnswering(servers, asked);
  const controller = await startController(context, options);
  cluster.adopt(controller);
  const { serverUser } = options;
  if (serverUser !== undefined) {
    const child = await startServer(context, serverUser);
    cluster.adopt(child);
    servers.push(child);
    await waitUntilAnswering(servers, [server]);
  }
  const children = [...servers, controller];
  return {
    pids: children.map(({ pid }) => pid),
    assertRunning: () => assertAllRunning(children),
    controller: pausableProcess(controller.pid),
    repoServerLog: repository.logFile,
    serverUrl: serverUser === undefined ? undefined : `http://127.0.0.1:${server}`,
    controllerLog: controller.logFile,
  };
}

async function waitUntilAnswering(
  children: readonly RunningChild[],
  ports: readonly number[],
): Promise<void> {
  for (const port of ports) {
    await waitFor(`port ${port} of Argo CD answers`, () => answers(port), {
      assertPossible: () => assertAllRunning(children),
    });
  }
}

async function assertAllRunning(children: readonly RunningChild[]): Promise<void> {
  for (const child of children) await child.assertRunning();
}

interface StartContext {
  readonly cluster: Cluster;
  readonly assets: ArgoCdAssets;
  readonly folder: string;
  readonly ports: {
    readonly redis: number;
    readonly repoServer: number;
    readonly repoMetrics: number;
    readonly metrics: number;
    readonly commitServer: number;
    readonly commitMetrics: number;
    readonly server: number;
    readonly serverMetrics: number;
  };
}

function startRedis({ cluster, assets, folder, ports }: StartContext): Promise<RunningChild> {
  return startChild(assets.redisServer, {
    argv: [
      '--bind',
      '127.0.0.1',
      '--port',
      String(ports.redis),
      '--save',
      '',
      '--appendonly',
      'no',
    ],
    cwd: folder,
    logFile: join(cluster.folder, 'argocd-redis.log'),
  });
}

function startRepoServer(context: StartContext, options: ArgoCdOptions): Promise<RunningChild> {
  const { ports } = context;
  return startPart(context, 'argocd-repo-server', {
    argv: [
      '--address=127.0.0.1',
      `--port=${ports.repoServer}`,
      '--metrics-address=127.0.0.1',
      `--metrics-port=${ports.repoMetrics}`,
      '--disable-tls',
      `--redis=127.0.0.1:${ports.redis}`,
      `--revision-cache-expiration=${options.resyncSeconds}s`,
    ],
  });
}

/** It has no settings of its own for who commits, and for signatures: git reads them where it always does. */
function startCommitServer(
  context: StartContext,
  { gitConfigFile }: HydratorOptions,
): Promise<RunningChild> {
  const { ports } = context;
  return startPart(context, 'argocd-commit-server', {
    argv: [
      '--address=127.0.0.1',
      `--port=${ports.commitServer}`,
      '--metrics-address=127.0.0.1',
      `--metrics-port=${ports.commitMetrics}`,
    ],
    environment: { GIT_CONFIG_GLOBAL: gitConfigFile },
  });
}

/** Its metrics listen on every address, on a port that the kernel chose: Argo CD has no setting for it. */
function startController(context: StartContext, options: ArgoCdOptions): Promise<RunningChild> {
  const { ports } = context;
  return startPart(context, 'argocd-application-controller', {
    argv: [
      `--namespace=${ARGOCD.namespace}`,
      `--repo-server=127.0.0.1:${ports.repoServer}`,
      '--repo-server-plaintext',
      `--redis=127.0.0.1:${ports.redis}`,
      `--metrics-port=${ports.metrics}`,
      `--app-resync=${options.resyncSeconds}`,
      '--app-resync-jitter=0',
      `--hydrator-enabled=${options.hydrator !== undefined}`,
      `--commit-server=127.0.0.1:${ports.commitServer}`,
      ...PARALLELISM,
    ],
  });
}

/** What the user interface and the `argocd` program talk to. */
function startServer(context: StartContext, user: string): Promise<RunningChild> {
  const { ports } = context;
  return startPart(context, 'argocd-server', {
    user,
    argv: [
      `--namespace=${ARGOCD.namespace}`,
      '--address=127.0.0.1',
      `--port=${ports.server}`,
      '--metrics-address=127.0.0.1',
      `--metrics-port=${ports.serverMetrics}`,
      '--insecure',
      `--repo-server=127.0.0.1:${ports.repoServer}`,
      '--repo-server-plaintext',
      `--redis=127.0.0.1:${ports.redis}`,
    ],
  });
}

interface PartOptions {
  /** @default the application controller's */
  readonly user?: string | undefined;
  readonly argv: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** The program is one; a variable says which part of Argo CD it is to be. */
function startPart(
  { cluster, assets, folder }: StartContext,
  part: string,
  { argv, environment, user = 'argocd' }: PartOptions,
): Promise<RunningChild> {
  return startChild(assets.argocd, {
    argv: [...argv, '--loglevel=info', '--logformat=text'],
    cwd: folder,
    logFile: join(cluster.folder, `${part}.log`),
    environment: {
      ...ENVIRONMENT,
      ARGOCD_BINARY_NAME: part,
      ARGOCD_ASK_PASS_SOCK: join(folder, 'ask-pass.sock'),
      ARGOCD_APP_CONF_PATH: folder,
      ARGOCD_PLUGINSOCKFILEPATH: folder,
      ARGOCD_SSH_DATA_PATH: folder,
      ARGOCD_TLS_DATA_PATH: folder,
      HOME: folder,
      KUBECONFIG: cluster.kubeconfigOf(user),
      TMPDIR: join(folder, 'tmp'),
      ...environment,
    },
  });
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } finally {
    socket.destroy();
  }
}
