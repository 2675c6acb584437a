/** One cluster for many test processes: who starts it writes down how to reach it, and the others join. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import { join } from 'node:path';
import { z } from 'zod';
import type { RunningChild } from '../cluster/child-process.ts';
import { createClusterHandle } from '../cluster/cluster-handle.ts';
import type { Cluster } from '../cluster/cluster-handle.ts';
import { claimApplication } from './gitops-cluster.ts';
import type { GitOpsCluster, OwnedGitOpsCluster } from './gitops-cluster.ts';
import { createGitServer } from './git-server.ts';

/** Names the file that says how to reach the shared cluster. */
export const SHARED_CLUSTER_VARIABLE = 'HOLDFAST_GITOPS_CLUSTER';

const descriptionSchema = z.strictObject({
  url: z.string(),
  caFile: z.string(),
  folder: z.string(),
  kubectlProgram: z.string(),
  users: z.record(z.string(), z.string()),
  git: z.strictObject({ url: z.string(), folder: z.string() }),
  applications: z.array(z.string()),
  holdfastLog: z.string(),
  controllerLog: z.string(),
  pids: z.array(z.int()),
});

/** Writes the description; returns its path, which belongs into the variable. */
export async function describeSharedCluster(owned: OwnedGitOpsCluster): Promise<string> {
  const { cluster, git } = owned;
  const description: z.infer<typeof descriptionSchema> = {
    url: cluster.url,
    caFile: join(cluster.folder, 'certificates', 'apiserver.crt'),
    folder: cluster.folder,
    kubectlProgram: cluster.kubectlProgram,
    users: cluster.tokens(),
    git: { url: git.url, folder: git.folder },
    applications: [...owned.applications],
    holdfastLog: owned.holdfastLog,
    controllerLog: owned.controllerLog,
    pids: [owned.holdfast.pid(), ...owned.argocd.pids],
  };
  const path = join(cluster.folder, 'shared-cluster.json');
  await writeFile(path, JSON.stringify(description), { mode: 0o600 });
  return path;
}

/** Joins it. Users that are added, and children that are adopted, are this process's own and end with its `stop()`. */
export async function joinSharedCluster(path: string): Promise<GitOpsCluster> {
  const description = descriptionSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  const { cluster, stop } = await connect(description);
  const git = createGitServer(description.git.url, description.git.folder);
  const assertRunning = (): Promise<void> => Promise.resolve(assertAlive(description.pids));
  return {
    cluster,
    git,
    holdfastLog: description.holdfastLog,
    controllerLog: description.controllerLog,
    claimApplication: () =>
      claimApplication({ cluster, git, names: description.applications }, assertRunning),
    stop,
  };
}

async function connect(
  description: z.infer<typeof descriptionSchema>,
): Promise<{ readonly cluster: Cluster; readonly stop: () => Promise<void> }> {
  const { url, caFile, folder, kubectlProgram, users } = description;
  const usersFolder = join(folder, `joined-${process.pid}`);
  await mkdir(usersFolder, { recursive: true });
  const agent = new Agent({ keepAlive: true });
  const children: RunningChild[] = [];
  const actions: (() => Promise<void> | void)[] = [];
  const stop = async (): Promise<void> => {
    for (const action of actions.toReversed()) await action();
    for (const child of children.toReversed()) await child.stop('SIGKILL');
    agent.destroy();
  };
  const cluster = await createClusterHandle({
    url,
    ca: await readFile(caFile, 'utf8'),
    caFile,
    agent,
    folder,
    usersFolder,
    kubectlProgram,
    adopt: (child) => children.push(child),
    onStop: (action) => actions.push(action),
    stop,
  });
  for (const [name, token] of Object.entries(users)) await cluster.addUser(name, token);
  return { cluster, stop };
}

function assertAlive(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 0);
    } catch (error) {
      throw new Error(`Process ${pid} of the shared cluster is gone`, { cause: error });
    }
  }
}
