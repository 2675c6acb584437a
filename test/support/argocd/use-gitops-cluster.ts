/** What a test file writes to have a cluster with Argo CD and Holdfast for all of its tests. */
import { cp, mkdtemp, readdir } from 'node:fs/promises';
import { after, afterEach, before } from 'node:test';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { startGitOpsCluster } from './gitops-cluster.ts';
import type { GitOpsCluster, GitOpsOptions, OwnedGitOpsCluster } from './gitops-cluster.ts';
import { joinSharedCluster, SHARED_CLUSTER_VARIABLE } from './shared-cluster.ts';

/**
 * Call it inside `describe`; the answer is a function, because the cluster is there only once the tests run. The cluster
 * is the file's own, so it may do anything to it. Logs are kept when a test fails.
 */
export function useGitOpsCluster(options: GitOpsOptions = {}): () => OwnedGitOpsCluster {
  return useCluster(() => startGitOpsCluster(options));
}

/**
 * The same for a file that shares its cluster: it keeps to the applications that it claims, and leaves Holdfast, Argo CD and
 * the registration alone. Where no cluster is shared (a file run by itself) it starts one.
 */
export function useSharedGitOpsCluster(options: GitOpsOptions = {}): () => GitOpsCluster {
  const shared = process.env[SHARED_CLUSTER_VARIABLE];
  return useCluster<GitOpsCluster>(() =>
    shared === undefined ? startGitOpsCluster(options) : joinSharedCluster(shared),
  );
}

function useCluster<Handle extends GitOpsCluster>(start: () => Promise<Handle>): () => Handle {
  let handle: Handle | undefined;
  let hasFailed = false;
  before(async () => {
    handle = await start();
  });
  afterEach((context) => {
    if ('passed' in context && !context.passed) hasFailed = true;
  });
  after(async () => {
    if (handle === undefined) return;
    if (hasFailed && process.env[SHARED_CLUSTER_VARIABLE] === undefined) await keepLogs(handle);
    await handle.stop();
  });
  return () => {
    if (handle === undefined) throw new Error('The cluster is there only while tests run');
    return handle;
  };
}

/** Copies what the processes wrote to a folder that stays, and says where. */
export async function keepLogs(gitops: GitOpsCluster): Promise<void> {
  const kept = await mkdtemp(join(tmpdir(), 'holdfast-logs-'));
  for (const folder of [gitops.cluster.folder, dirname(gitops.holdfastLog)]) {
    for (const file of await readdir(folder)) {
      if (file.endsWith('.log')) await cp(join(folder, file), join(kept, file));
    }
  }
  process.stderr.write(`The logs of the cluster are kept in ${kept}\n`);
}
