/**
 * One cluster for many test processes: who starts it writes down how to reach it, and the others join.
 *
 * Who joins leaves what belongs to the whole cluster alone, above all the registration, and does not restart its parts.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import { join } from 'node:path';
import { z } from 'zod';
import type { RunningChild } from './child-process.ts';
import { createClusterHandle } from './cluster-handle.ts';
import type { Cluster } from './cluster-handle.ts';
import { addClusterUser, startCluster } from './cluster.ts';

/** Names the file that says how to reach a cluster without Holdfast. */
export const CLUSTER_VARIABLE = 'HOLDFAST_TEST_CLUSTER';

export const clusterDescriptionSchema = z.strictObject({
  url: z.string(),
  caFile: z.string(),
  folder: z.string(),
  kubectlProgram: z.string(),
  /** What each user shows. */
  users: z.record(
    z.string(),
    z.union([
      z.strictObject({ token: z.string() }),
      z.strictObject({ certificate: z.strictObject({ cert: z.string(), key: z.string() }) }),
    ]),
  ),
});

export type ClusterDescription = z.infer<typeof clusterDescriptionSchema>;

/** How to reach it. */
export function describeCluster(cluster: Cluster): ClusterDescription {
  return {
    url: cluster.url,
    caFile: join(cluster.folder, 'certificates', 'apiserver.crt'),
    folder: cluster.folder,
    kubectlProgram: cluster.kubectlProgram,
    users: cluster.credentials(),
  };
}

/** Joins it. Users that are added, and children that are adopted, are this process's own and end with its `stop()`. */
export async function joinCluster(description: ClusterDescription): Promise<Cluster> {
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
  for (const [name, credential] of Object.entries(users)) {
    await addClusterUser(cluster, name, credential);
  }
  return cluster;
}

/** The cluster that the stage shares; a file that runs by itself starts one. */
export async function joinOrStartCluster(): Promise<Cluster> {
  const path = process.env[CLUSTER_VARIABLE];
  if (path === undefined) return await startCluster();
  const text = await readFile(path, 'utf8');
  return await joinCluster(clusterDescriptionSchema.parse(JSON.parse(text)));
}

/** Starts a cluster, runs `work` with the variable set that leads its child processes there, and stops the cluster. */
export async function withSharedCluster<T>(work: () => Promise<T>): Promise<T> {
  const cluster = await startCluster();
  try {
    const path = join(cluster.folder, 'shared-cluster.json');
    await writeFile(path, JSON.stringify(describeCluster(cluster)), { mode: 0o600 });
    process.env[CLUSTER_VARIABLE] = path;
    return await work();
  } finally {
    delete process.env[CLUSTER_VARIABLE];
    await cluster.stop();
  }
}
