/**
 * A real cluster on loopback: etcd, kube-apiserver and kube-controller-manager, ready in a few seconds.
 *
 * It has no kubelet and no scheduler; `startNode` speaks for both. Everything it writes lies in one temporary folder,
 * and everything it starts ends with it, however the test ends.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheFolder } from '../../../src/base/cache-folder.ts';
import { prepareAssets, preparePreviousAssets } from '../assets/assets.ts';
import type { Assets } from '../assets/assets.ts';
import type { Release } from '../assets/families.ts';
import { issueTestCertificate } from '../certificates.ts';
import type { TestPair } from '../certificates.ts';
import { sendApiRequest } from './api-client.ts';
import type { RunningChild } from './child-process.ts';
import { createClusterHandle } from './cluster-handle.ts';
import type { Cluster } from './cluster-handle.ts';
import {
  startApiServer,
  startControllerManager,
  startEtcd,
  writeAdmissionConfiguration,
  writeAuditPolicy,
  writeServiceAccountKey,
} from './control-plane.ts';
import type { ControlPlanePaths } from './control-plane.ts';
import { findFreePorts } from './free-ports.ts';
import { startReaper } from './reaper.ts';
import type { Reaper } from './reaper.ts';
import { createUsers, formatTokenFile } from './users.ts';
import type { ClusterCredential, ClusterUser } from './users.ts';
import { waitFor } from './wait-for.ts';

export type { Cluster } from './cluster-handle.ts';

/** Another process may take a port between our finding it and using it. */
const ATTEMPTS_MAX = 3;
const READY_DEADLINE_MS = 5 * 60_000;

export interface ClusterOptions {
  readonly assets?: Assets | undefined;
  /** Of the API server and its controllers, where no programs are given. @default 'current' */
  readonly release?: Release | undefined;
  /** Lets the API server keep an audit log: `audit.log` in the cluster's folder. @default false */
  readonly auditLog?: boolean | undefined;
  /** Lets the API server send its audit log, from its next start on: see `auditWebhookFile`. @default false */
  readonly auditWebhook?: boolean | undefined;
  /** Lets the API server read admission policies from files, of which there are none yet. @default false */
  readonly staticPolicies?: boolean | undefined;
}

/** A cluster of our own, whose parts can be taken down. */
export interface StartedCluster extends Cluster {
  /** Where etcd serves its clients. */
  readonly etcdUrl: string;
  /** Signs client certificates that the API server trusts. */
  readonly clientAuthority: TestPair;
  /** From now on nothing collects garbage or reconciles built-in kinds. */
  readonly stopControllerManager: () => Promise<void>;
  /** Stops the controller manager and starts it again, under another certificate where one is given. */
  readonly restartControllerManager: (certificate?: TestPair) => Promise<void>;
  /** Kills the API server, does something while it is away, and starts it again on the same port. */
  readonly restartApiServer: (meanwhile?: () => Promise<void>) => Promise<void>;
}

/** Starts a cluster and waits until it serves and its controllers work. */
export async function startCluster(options: ClusterOptions = {}): Promise<StartedCluster> {
  const prepare = options.release === 'previous' ? preparePreviousAssets : prepareAssets;
  const assets = options.assets ?? (await prepare({ cacheFolder: cacheFolder() }));
  for (let attempt = 1; ; attempt += 1) {
    const scope = await openScope();
    try {
      return await startIn(scope, { ...options, assets });
    } catch (error) {
      await scope.close();
      if (attempt === ATTEMPTS_MAX) throw error;
    }
  }
}

/** A kubeconfig that says where a cluster with `auditWebhook` sends its audit log. */
export function auditWebhookFile({ folder }: Pick<Cluster, 'folder'>): string {
  return join(folder, 'audit-webhook.kubeconfig');
}

/** The files of a cluster with `staticPolicies`: read when the API server starts, and once a minute. */
export function staticPoliciesFolder({ folder }: Pick<Cluster, 'folder'>): string {
  return join(folder, 'static-policies');
}

/** What must be undone, and how. */
interface Scope {
  readonly folder: string;
  readonly adopt: (child: RunningChild) => void;
  readonly onClose: (action: () => Promise<void> | void) => void;
  readonly close: () => Promise<void>;
}

async function openScope(): Promise<Scope> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-cluster-'));
  const reaper = await startReaper(folder);
  const children: RunningChild[] = [];
  const actions: (() => Promise<void> | void)[] = [];
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> =>
    (closing ??= closeScope({ folder, reaper, children, actions }));
  return {
    folder,
    adopt: (child) => {
      children.push(child);
      reaper.watch(child.pid);
    },
    onClose: (action) => actions.push(action),
    close,
  };
}

async function closeScope(scope: {
  readonly folder: string;
  readonly reaper: Reaper;
  readonly children: RunningChild[];
  readonly actions: (() => Promise<void> | void)[];
}): Promise<void> {
  for (const action of scope.actions.toReversed()) await action();
  // The data is thrown away: nothing is gained by a graceful end, and the API server would take a minute over it.
  for (const child of scope.children.toReversed()) await child.stop('SIGKILL');
  await rm(scope.folder, { recursive: true, force: true, maxRetries: 5 });
  await scope.reaper.dismiss();
}

async function startIn(
  scope: Scope,
  { assets, ...options }: ClusterOptions & { readonly assets: Assets },
): Promise<StartedCluster> {
  const authority = issueTestCertificate({ purpose: 'authority', commonNames: ['kubernetes'] });
  const users = createUsers(authority);
  const paths = planPaths(scope, options);
  await writeAuditPolicy(paths);
  await writeAdmissionConfiguration(paths);
  await writeFile(paths.tokenFile, formatTokenFile(users), { mode: 0o600 });
  await writeServiceAccountKey(paths.serviceAccountKeyFile);
  await writeClientAuthority(paths, authority);
  const [etcdPort = 0, apiServerPort = 0] = await findFreePorts(2);
  scope.adopt(await startEtcd(assets, paths, etcdPort));
  const ports = { etcd: etcdPort, apiServer: apiServerPort };
  const connected = await connect(scope, {
    assets,
    users,
    url: `https://127.0.0.1:${apiServerPort}`,
    etcdUrl: `http://127.0.0.1:${etcdPort}`,
    startApiServer: async () => {
      const apiServer = await startApiServer(assets, paths, ports);
      scope.adopt(apiServer);
      return apiServer;
    },
  });
  const startControllers = async (): Promise<RunningChild> => {
    const child = await startControllerManager(assets, paths, {
      kubeconfig: connected.kubeconfigOf('controller-manager'),
      ca: join(scope.folder, 'certificates', 'apiserver.crt'),
    });
    scope.adopt(child);
    return child;
  };
  let controllers = await startControllers();
  const cluster: StartedCluster = {
    ...connected,
    clientAuthority: authority,
    stopControllerManager: () => controllers.stop('SIGTERM'),
    restartControllerManager: async (certificate) => {
      await cluster.stopControllerManager();
      // It does not let go of its lease, and the next one would wait for its end.
      const leases = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases';
      const method = 'DELETE';
      await connected.request('root', `${leases}/kube-controller-manager`, { method });
      if (certificate !== undefined) {
        await connected.addCertificateUser('controller-manager', certificate);
      }
      controllers = await startControllers();
    },
  };
  await bindPeople(cluster);
  await waitFor(
    'the controllers have made the default service account',
    async () =>
      (await cluster.request('root', '/api/v1/namespaces/default/serviceaccounts/default')).code ===
      200,
    {
      deadlineMs: READY_DEADLINE_MS,
      assertPossible: () => controllers.assertRunning(),
    },
  );
  return cluster;
}

function planPaths(
  scope: Scope,
  { auditLog = false, auditWebhook = false, staticPolicies = false }: ClusterOptions,
): ControlPlanePaths {
  const place = (name: string): string => join(scope.folder, name);
  return {
    folder: scope.folder,
    tokenFile: place('tokens.csv'),
    serviceAccountKeyFile: place('service-account.key'),
    clientAuthority: { certificateFile: place('client-ca.crt'), keyFile: place('client-ca.key') },
    ...(auditLog && { auditLogFile: place('audit.log') }),
    ...(auditWebhook && { auditWebhookFile: auditWebhookFile(scope) }),
    ...(staticPolicies && { staticPoliciesFolder: staticPoliciesFolder(scope) }),
  };
}

async function writeClientAuthority(
  { clientAuthority: { certificateFile, keyFile } }: ControlPlanePaths,
  { cert, key }: TestPair,
): Promise<void> {
  await writeFile(certificateFile, cert);
  await writeFile(keyFile, key, { mode: 0o600 });
}

/** Adds a user who shows this credential. */
export function addClusterUser(
  cluster: Cluster,
  name: string,
  credential: ClusterCredential,
): Promise<string> {
  return 'token' in credential
    ? cluster.addUser(name, credential.token)
    : cluster.addCertificateUser(name, credential.certificate);
}

type ConnectedCluster = Omit<
  StartedCluster,
  'clientAuthority' | 'stopControllerManager' | 'restartControllerManager'
>;

/** Waits for the API server and builds the handle that tests use. */
async function connect(
  scope: Scope,
  parts: {
    readonly assets: Assets;
    readonly users: readonly ClusterUser[];
    readonly url: string;
    readonly etcdUrl: string;
    readonly startApiServer: () => Promise<RunningChild>;
  },
): Promise<ConnectedCluster> {
  const { url, assets, etcdUrl } = parts;
  const caFile = join(scope.folder, 'certificates', 'apiserver.crt');
  const agent = new Agent({ keepAlive: true });
  scope.onClose(() => {
    agent.destroy();
  });
  let apiServer = await parts.startApiServer();
  const credential = parts.users.find(({ name }) => name === 'root')?.credential ?? { token: '' };
  const server = { url, caFile, agent, credential };
  const ca = await waitUntilServing(apiServer, server);
  const cluster = await createClusterHandle({
    url,
    ca,
    caFile,
    agent,
    folder: scope.folder,
    usersFolder: scope.folder,
    kubectlProgram: assets.kubectl,
    adopt: scope.adopt,
    onStop: scope.onClose,
    stop: scope.close,
  });
  for (const user of parts.users) await addClusterUser(cluster, user.name, user.credential);
  return {
    ...cluster,
    etcdUrl,
    restartApiServer: async (meanwhile) => {
      await apiServer.stop('SIGKILL');
      await meanwhile?.();
      apiServer = await parts.startApiServer();
      await waitUntilServing(apiServer, server);
    },
  };
}

function waitUntilServing(
  apiServer: RunningChild,
  server: {
    readonly url: string;
    readonly caFile: string;
    readonly agent: Agent;
    readonly credential: ClusterCredential;
  },
): Promise<string> {
  return waitFor(
    'the API server is ready',
    async () => {
      const ca = await readFile(server.caFile, 'utf8');
      const answer = await sendApiRequest({ ...server, ca }, '/readyz', {
        credential: server.credential,
      });
      return answer.code === 200 ? ca : undefined;
    },
    { deadlineMs: READY_DEADLINE_MS, assertPossible: apiServer.assertRunning },
  );
}

/** What people may do, by RBAC alone: alice everything, bob edits workloads. */
async function bindPeople(cluster: Cluster): Promise<void> {
  for (const [user, role] of [
    ['alice', 'cluster-admin'],
    ['bob', 'edit'],
  ] as const) {
    const answer = await cluster.request(
      'root',
      '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings',
      {
        method: 'POST',
        body: {
          apiVersion: 'rbac.authorization.k8s.io/v1',
          kind: 'ClusterRoleBinding',
          metadata: { name: `${user}-${role}` },
          roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
          subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }],
        },
      },
    );
    if (answer.code !== 201) {
      throw new Error(`Cannot bind ${user} to ${role}: ${answer.code} ${answer.body.message}`);
    }
  }
}
