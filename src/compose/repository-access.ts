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
  /**
   * What happens without the right to read the Secrets. A serving process has it only where an operator grants it, and public
   * repositories need none of them; whoever asks by a command is told.
   */
  readonly whenForbidden: 'anonymous' | 'unavailable';
  /** Absent where there is no cluster: then only our own configuration has credentials. */
  readonly clusterCredentials?: ClusterCredentials | undefined;
}

/** Our own configuration comes first: an operator wrote it. */
export async function findRepositoryCredential(
  repository: RepositoryUrl,
  access: RepositoryAccess,
  { settings, environment, clusterCredentials, whenForbidden }: AccessOptions,
): Promise<CredentialReading> {
  const own = await readConfiguredCredential(repository, settings.credentials, environment);
  if (own !== undefined) return own;
  // A folder of this machine asks for none.
  if (clusterCredentials === undefined || repository.protocol === 'file') return ANONYMOUS;
  const found = await readClusterCredential(repository, access, clusterCredentials);
  return !found.ok && found.isForbidden && whenForbidden === 'anonymous' ? ANONYMOUS : found;
}

const ANONYMOUS: CredentialReading = { ok: true, credential: NO_CREDENTIAL };

async function readClusterCredential(
  repository: RepositoryUrl,
  access: RepositoryAccess,
  clusterCredentials: ClusterCredentials,
): Promise<CredentialReading> {
  if (access.tool === 'argocd') {
    return await clusterCredentials.forArgocd(repository, access.project);
  }
  return access.secret === undefined
    ? ANONYMOUS
    : await clusterCredentials.forFlux(repository, access.secret);
}

/** The same text for all who may use the same credentials, and for nobody else. */
export function formatAccessScope(access: RepositoryAccess): string {
  if (access.tool === 'argocd') return `argocd ${access.project}`;
  const { secret } = access;
  return secret === undefined ? 'flux' : `flux ${secret.namespace}/${secret.name}`;
}
