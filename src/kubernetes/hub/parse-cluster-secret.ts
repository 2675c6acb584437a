/**
 * How Argo CD's hub addresses and names a cluster, from its cluster Secret. Nothing else of the Secret is kept: it has the
 * credential by which Argo CD writes. Source: argo-cd docs/operator-manual/declarative-setup.md, "Clusters".
 */
import { readSecretData } from '../secret-data.ts';
import { normalizeServer, type ClusterIdentity } from './match-destination.ts';

/** `undefined` for what is no cluster Secret of Argo CD. */
export function parseClusterSecret(object: unknown): ClusterIdentity | undefined {
  const secret = readSecretData(object);
  if (secret?.labels['argocd.argoproj.io/secret-type'] !== 'cluster') return undefined;
  const server = secret.text('server');
  const name = secret.text('name');
  return {
    servers: new Set(server === undefined ? [] : [normalizeServer(server)]),
    names: new Set(name === undefined ? [] : [name]),
  };
}
