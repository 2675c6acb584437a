/** One cluster for many test processes: who starts it writes down how to reach it, and the others join. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import {
  clusterDescriptionSchema,
  describeCluster,
  joinCluster,
} from '../cluster/shared-cluster.ts';
import { claimApplication } from './gitops-cluster.ts';
import type { GitOpsCluster, OwnedGitOpsCluster } from './gitops-cluster.ts';
import { createGitServer } from './git-server.ts';

/** Names the file that says how to reach the shared cluster. */
export const SHARED_CLUSTER_VARIABLE = 'HOLDFAST_GITOPS_CLUSTER';

const descriptionSchema = z.strictObject({
  cluster: clusterDescriptionSchema,
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
    cluster: describeCluster(cluster),
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
  const cluster = await joinCluster(description.cluster);
  const git = createGitServer(description.git.url, description.git.folder);
  const assertRunning = (): Promise<void> => Promise.resolve(assertAlive(description.pids));
  return {
    cluster,
    git,
    holdfastLog: description.holdfastLog,
    controllerLog: description.controllerLog,
    claimApplication: () =>
      claimApplication({ cluster, git, names: description.applications }, assertRunning),
    stop: cluster.stop,
  };
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
