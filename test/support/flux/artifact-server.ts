/**
 * Stands in for Flux's source-controller, which does not build as a Go module: serves a repository's newest commit as
 * an archive, and says so in the status of its GitRepository, under source-controller's own account.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { promisify } from 'node:util';
import type { GitRepository } from '../argocd/git-server.ts';
import type { Cluster } from '../cluster/cluster-handle.ts';
import { findFreePorts } from '../cluster/free-ports.ts';
import { FLUX } from '../cluster/service-account-user.ts';

const ARCHIVE_BYTES_MAX = 16 << 20;

export interface ArtifactServer {
  /** Archives the newest commit and writes it into the GitRepository of the same name. Returns the revision. */
  readonly publish: (repository: GitRepository) => Promise<string>;
}

/** Starts it; it ends with the cluster. */
export async function startArtifactServer(cluster: Cluster): Promise<ArtifactServer> {
  const archives = new Map<string, Buffer>();
  const server = createServer((request, response) => {
    const archive = archives.get(request.url ?? '');
    response.statusCode = archive === undefined ? 404 : 200;
    response.end(archive);
  });
  const [port = 0] = await findFreePorts(1);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  cluster.onStop(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    publish: async (repository) => {
      const commit = await repository.head();
      const archive = await archiveOf(repository);
      const path = `/gitrepository/${FLUX.namespace}/${repository.name}/${commit}.tar.gz`;
      archives.set(path, archive);
      const revision = `main@sha1:${commit}`;
      const artifact = {
        path: path.slice(1),
        revision,
        url: `http://127.0.0.1:${port}${path}`,
        digest: `sha256:${createHash('sha256').update(archive).digest('hex')}`,
        size: archive.byteLength,
        lastUpdateTime: new Date().toISOString(),
      };
      await writeStatus(cluster, repository.name, artifact);
      return revision;
    },
  };
}

async function archiveOf({ folder }: GitRepository): Promise<Buffer> {
  const { stdout } = await promisify(execFile)('git', ['archive', '--format=tar.gz', 'HEAD'], {
    cwd: folder,
    encoding: 'buffer',
    maxBuffer: ARCHIVE_BYTES_MAX,
  });
  return stdout;
}

async function writeStatus(
  cluster: Cluster,
  name: string,
  artifact: { readonly revision: string; readonly lastUpdateTime: string },
): Promise<void> {
  const path = `/apis/source.toolkit.fluxcd.io/v1/namespaces/${FLUX.namespace}/gitrepositories/${name}`;
  const ready = {
    type: 'Ready',
    status: 'True',
    reason: 'Succeeded',
    message: `stored artifact for revision '${artifact.revision}'`,
    lastTransitionTime: artifact.lastUpdateTime,
    observedGeneration: 1,
  };
  const answer = await cluster.request('source-controller', `${path}/status`, {
    method: 'PATCH',
    body: { status: { observedGeneration: 1, conditions: [ready], artifact } },
  });
  if (answer.code !== 200) {
    throw new Error(`Cannot write the status of ${name}: ${answer.code} ${answer.body.message}`);
  }
}
