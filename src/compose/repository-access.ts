/** Whose credentials may be used to fetch a repository, and which one fits. */
import type { ClusterCredentials } from '../source/mirror/cluster-credentials.ts';
import { readConfiguredCredential } from '../source/mirror/configured-credential.ts';
import { NO_CREDENTIAL, type CredentialReading } from '../source/mirror/credential.ts';
import type { MirrorSettings } from '../source/mirror/settings.ts';
import type { RepositoryUrl } from '../source/parse-repository-url.ts';

/** An AppProject of Argo CD has credentials; a source of Flux names a Secret of its namespace, or none. */
export type RepositoryAccess =
  | { readonly tool: 'argocd'; readonly project: string }
  | {
      readonly tool: 'flux';
      readonly secret?: { readonly namespace: string; readonly name: string } | undefined;
    };

export interface AccessOptions {
  readonly settings: Pick<MirrorSettings, 'credentials'>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Absent where there is no cluster: then only our own configuration has credentials. */
  readonly clusterCredentials?: ClusterCredentials | undefined;
}

/** Our own configuration comes first: an operator wrote it. */
export async function findRepositoryCredential(
  repository: RepositoryUrl,
  access: RepositoryAccess,
  { settings, environment, clusterCredentials }: AccessOptions,
): Promise<CredentialReading> {
  const own = await readConfiguredCredential(repository, settings.credentials, environment);
  if (own !== undefined) return own;
  if (clusterCredentials === undefined) return { ok: true, credential: NO_CREDENTIAL };
  if (access.tool === 'argocd') {
    return await clusterCredentials.forArgocd(repository, access.project);
  }
  return access.secret === undefined
    ? { ok: true, credential: NO_CREDENTIAL }
    : await clusterCredentials.forFlux(repository, access.secret);
}

/** The same text for all who may use the same credentials, and for nobody else. */
export function formatAccessScope(access: RepositoryAccess): string {
  if (access.tool === 'argocd') return `argocd ${access.project}`;
  const { secret } = access;
  return secret === undefined ? 'flux' : `flux ${secret.namespace}/${secret.name}`;
}
