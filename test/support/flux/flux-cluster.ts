/** A real cluster whose Kustomization a real kustomize-controller applies through a real Holdfast, failure policy Fail. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { cacheFolder } from '../../../src/base/cache-folder.ts';
import { createGitServer } from '../argocd/git-server.ts';
import type { GitFiles, GitRepository } from '../argocd/git-server.ts';
import type { Release } from '../assets/families.ts';
import { prepareFluxAssets } from '../assets/gitops.ts';
import type { FluxAssets } from '../assets/gitops.ts';
import { pausableProcess } from '../cluster/bypass.ts';
import type { PausableController } from '../cluster/bypass.ts';
import { startChild } from '../cluster/child-process.ts';
import type { RunningChild } from '../cluster/child-process.ts';
import { startCluster } from '../cluster/cluster.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { findFreePorts } from '../cluster/free-ports.ts';
import { registerHoldfast } from '../cluster/holdfast.ts';
import type { HoldfastOptions, RegisteredHoldfast } from '../cluster/holdfast.ts';
import { startGitHttpServer } from '../git/https-git-server.ts';
import { keepLogs } from '../cluster/keep-logs.ts';
import { startNode } from '../cluster/node.ts';
import { ARGOCD, FLUX } from '../cluster/service-account-user.ts';
import { waitFor } from '../cluster/wait-for.ts';
import { startArtifactServer } from './artifact-server.ts';
import { installFlux } from './install.ts';

/** The name of the Kustomization, of its GitRepository and of the namespace that its objects live in. */
export const PODINFO = 'podinfo';
const KUSTOMIZATIONS = `/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/${FLUX.namespace}/kustomizations`;
const APPLY_DEADLINE_MS = 3 * 60_000;

export interface FluxCluster {
  /** Users: those of every cluster, and `flux` and `source-controller` with tokens of their live pods. */
  readonly cluster: Cluster;
  readonly controller: PausableController;
  readonly holdfast: RegisteredHoldfast;
  readonly holdfastLog: string;
  readonly controllerLog: string;
  /** Commits files (Flux reads only those that end in .yaml), publishes the commit and waits until Flux has applied it. */
  readonly apply: (files: GitFiles) => Promise<void>;
  /** Commits and publishes without waiting; the revision. */
  readonly publish: (files: GitFiles) => Promise<string>;
  /** What the Kustomization says of itself: the message of its condition Ready, and the revision that it last tried. */
  readonly readKustomization: () => Promise<{
    readonly message: string;
    readonly attempted: string;
  }>;
  readonly repository: GitRepository;
  /** Whether the Git server answers, where there is one. Flux does not need it: its artifacts come from elsewhere. */
  readonly setServed: (isServed: boolean) => void;
  /** Asks Flux to reconcile now, the way people do: with an annotation, through the webhook. */
  readonly reconcile: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export interface FluxOptions extends HoldfastOptions {
  /** The repository is served over http on loopback, with these settings of git. Absent: nobody answers at its URL. */
  readonly served?: Readonly<Record<string, string>> | undefined;
  /** Of Flux and of the cluster. @default 'current' */
  readonly release?: Release | undefined;
}

/** Starts everything and applies the files; their first apply goes through the webhook already. */
export async function startFluxCluster(
  files: GitFiles,
  options: FluxOptions = {},
): Promise<FluxCluster> {
  const { release } = options;
  const assets = await prepareFluxAssets({ cacheFolder: cacheFolder(), release });
  const cluster = await startCluster({ release });
  try {
    await startNode(cluster);
    await installFlux(cluster, assets.manifests);
    for (const namespace of [ARGOCD.namespace, PODINFO]) {
      await cluster.mustKubectl('root', ['create', 'namespace', namespace]);
    }
    const { repository, setServed } = await createRepository(cluster, options);
    const artifacts = await startArtifactServer(cluster);
    await cluster.mustKubectl('root', ['create', '-f', '-'], { input: steering(repository) });
    const workload = { kind: 'Deployment', name: FLUX.serviceAccount };
    const holdfast = await registerHoldfast(cluster, { workloads: { flux: workload }, ...options });
    const child = await startKustomizeController(cluster, assets);
    const publish = async (changed: GitFiles): Promise<string> => {
      await repository.commit(changed, 'Change');
      return await artifacts.publish(repository);
    };
    const apply = async (changed: GitFiles): Promise<void> => {
      await waitApplied(cluster, await publish(changed), child);
    };
    await apply(files);
    return {
      cluster,
      apply,
      publish,
      repository,
      setServed,
      readKustomization: () => readKustomization(cluster),
      controller: pausableProcess(child.pid),
      holdfast,
      holdfastLog: holdfast.logFile,
      controllerLog: child.logFile,
      reconcile: () => reconcile(cluster),
      stop: cluster.stop,
    };
  } catch (error) {
    await keepLogs(cluster);
    await cluster.stop();
    throw error;
  }
}

async function createRepository(
  cluster: Cluster,
  { served }: FluxOptions,
): Promise<{ readonly repository: GitRepository; readonly setServed: (is: boolean) => void }> {
  const folder = join(cluster.folder, 'git');
  await mkdir(folder);
  const files = { 'README.md': 'What Flux applies.\n' };
  let isServed = true;
  const setServed = (is: boolean): void => {
    isServed = is;
  };
  if (served === undefined) {
    const server = createGitServer('https://git.example.com', folder);
    return { repository: await server.create(PODINFO, files), setServed };
  }
  const { port } = await startGitHttpServer(
    { after: cluster.onStop },
    {
      folder,
      intercept: (_request, response) => {
        if (!isServed) response.writeHead(503).end();
        return !isServed;
      },
    },
  );
  const server = createGitServer(`http://127.0.0.1:${port}`, folder);
  const repository = await server.create(PODINFO, files, {
    ...served,
    'uploadpack.allowFilter': 'true',
    'uploadpack.allowAnySHA1InWant': 'true',
  });
  // git http-backend serves the folder of the repository itself.
  return { repository: { ...repository, url: `${repository.url}/.git` }, setServed };
}

const kustomizationSchema = z.looseObject({
  status: z.looseObject({
    lastAttemptedRevision: z.string().default(''),
    conditions: z
      .array(z.looseObject({ type: z.string(), message: z.string().default('') }))
      .default([]),
  }),
});

async function readKustomization(
  cluster: Cluster,
): Promise<{ readonly message: string; readonly attempted: string }> {
  const { body } = await cluster.request('root', `${KUSTOMIZATIONS}/${PODINFO}`);
  const { conditions, lastAttemptedRevision } = kustomizationSchema.parse(body).status;
  const message = conditions.find(({ type }) => type === 'Ready')?.message ?? '';
  return { message, attempted: lastAttemptedRevision };
}

/** They are there before the webhook: who may make them is another question. */
function steering(repository: GitRepository): readonly object[] {
  const metadata = { name: PODINFO, namespace: FLUX.namespace };
  return [
    {
      apiVersion: 'source.toolkit.fluxcd.io/v1',
      kind: 'GitRepository',
      metadata,
      spec: { interval: '1h', url: repository.url, ref: { branch: 'main' } },
    },
    {
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      kind: 'Kustomization',
      metadata,
      spec: {
        interval: '1h',
        retryInterval: '2s',
        path: './',
        prune: true,
        targetNamespace: PODINFO,
        sourceRef: { kind: 'GitRepository', name: PODINFO },
      },
    },
  ];
}

async function startKustomizeController(
  cluster: Cluster,
  assets: FluxAssets,
): Promise<RunningChild> {
  const [metrics = 0, health = 0] = await findFreePorts(2);
  const temporary = join(cluster.folder, 'flux-tmp');
  await mkdir(temporary);
  const child = await startChild(assets.kustomizeController, {
    argv: [
      '--watch-all-namespaces',
      '--log-level=info',
      '--log-encoding=console',
      `--metrics-addr=127.0.0.1:${metrics}`,
      `--health-addr=127.0.0.1:${health}`,
    ],
    cwd: temporary,
    logFile: join(cluster.folder, 'kustomize-controller.log'),
    environment: {
      HOME: temporary,
      KUBECONFIG: cluster.kubeconfigOf('flux'),
      RUNTIME_NAMESPACE: FLUX.namespace,
      TMPDIR: temporary,
    },
  });
  cluster.adopt(child);
  return child;
}

async function waitApplied(
  cluster: Cluster,
  revision: string,
  controller: RunningChild,
): Promise<void> {
  await waitFor(
    `Flux has applied ${revision}`,
    async () => {
      const { body } = await cluster.request('root', `${KUSTOMIZATIONS}/${PODINFO}`);
      return body.status?.['lastAppliedRevision'] === revision;
    },
    { deadlineMs: APPLY_DEADLINE_MS, assertPossible: controller.assertRunning },
  );
}

async function reconcile(cluster: Cluster): Promise<void> {
  const annotations = { 'reconcile.fluxcd.io/requestedAt': new Date().toISOString() };
  const answer = await cluster.request('alice', `${KUSTOMIZATIONS}/${PODINFO}`, {
    method: 'PATCH',
    body: { metadata: { annotations } },
  });
  if (answer.code !== 200) {
    throw new Error(`Cannot ask Flux to reconcile: ${answer.code} ${answer.body.message}`);
  }
}
