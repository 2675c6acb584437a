/** Shares one cluster among all test files that are run meanwhile. */
import { readFileSync } from 'node:fs';
import { keepLogs } from '../cluster/keep-logs.ts';
import { startGitOpsCluster } from './gitops-cluster.ts';
import { describeSharedCluster, SHARED_CLUSTER_VARIABLE } from './shared-cluster.ts';

/** With dozens of applications a comparison every few seconds would take a core; changes are announced anyway. */
const RESYNC_SECONDS = 30;

/** By itself, or through the table of attacks. */
const SHARES = /useSharedGitOpsCluster\(|\/support\/attack\/attack\.ts'/u;

/** The files that claim an application of the shared cluster. */
export function findSharers(files: readonly string[]): readonly string[] {
  return files.filter((file) => SHARES.test(readFileSync(file, 'utf8')));
}

/**
 * Starts a cluster with that many applications in store, runs `work` with the variable set that leads its child processes
 * there, and stops the cluster.
 */
export async function withSharedGitOpsCluster<T>(
  options: {
    readonly applications: number;
    /** Whether the logs are worth keeping. */
    readonly hasFailed: (result: T) => boolean;
  },
  work: () => Promise<T>,
): Promise<T> {
  const owned = await startGitOpsCluster({
    applications: options.applications,
    resyncSeconds: RESYNC_SECONDS,
  });
  try {
    process.env[SHARED_CLUSTER_VARIABLE] = await describeSharedCluster(owned);
    const result = await work();
    if (options.hasFailed(result)) await keepLogs(owned.cluster);
    return result;
  } finally {
    delete process.env[SHARED_CLUSTER_VARIABLE];
    await owned.stop();
  }
}
