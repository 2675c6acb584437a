/** What a test file writes to have a cluster with Argo CD and Holdfast for all of its tests. */
import { useCluster } from '../cluster/use-cluster.ts';
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
