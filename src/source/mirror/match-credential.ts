/**
 * Finds the credential of Argo CD for a repository: the repository's own Secret, else the template with the longest URL.
 * Source: argo-cd util/db/repository.go (GetRepository, enrichCredsToRepo), util/db/repository_secrets.go.
 */
import { parseRepositoryUrl, type RepositoryUrl } from '../parse-repository-url.ts';
import { NO_CREDENTIAL, type CredentialReading } from './credential.ts';
import type { ArgocdCredential } from './parse-argocd-secret.ts';

/** What Argo CD trusts: the ConfigMaps argocd-ssh-known-hosts-cm and argocd-tls-certs-cm. */
export interface ArgocdTrust {
  /** Lines of known_hosts. */
  readonly knownHosts?: string | undefined;
  /** PEM by the name of the host. */
  readonly authorities: Readonly<Record<string, string>>;
}

/** Finds it among all of them, for an application of a project. A public repository needs none. */
export function matchArgocdCredential(
  wanted: { readonly repository: RepositoryUrl; readonly project: string },
  credentials: readonly ArgocdCredential[],
  trust: ArgocdTrust,
): CredentialReading {
  const usable = credentials.filter(
    ({ project }) => project === undefined || project === wanted.project,
  );
  const own = usable.filter(
    ({ kind, url }) => kind === 'repository' && normalOf(url) === wanted.repository.normal,
  );
  // The Secret of the project comes before that of all projects.
  const [first] = own.toSorted((left, right) => rank(left) - rank(right));
  const template = longestTemplate(wanted.repository, usable);
  const chosen = first?.authenticates === true ? first : (template ?? first);
  return addTrust(
    chosen?.reading ?? { ok: true, credential: NO_CREDENTIAL },
    wanted.repository,
    trust,
  );
}

function rank({ project }: ArgocdCredential): number {
  return project === undefined ? 1 : 0;
}

function normalOf(url: string): string | undefined {
  const parsed = parseRepositoryUrl(url);
  return parsed.ok ? parsed.repository.normal : undefined;
}

/**
 * The beginning of the path is compared as Argo CD does, character by character. The host must be the same: the beginning
 * `https://git.example.com` must not send a credential to `git.example.com.attacker.test`.
 */
function longestTemplate(
  repository: RepositoryUrl,
  credentials: readonly ArgocdCredential[],
): ArgocdCredential | undefined {
  const fitting = credentials.filter(
    ({ kind, url }) => kind === 'template' && isBelow(repository, url),
  );
  return fitting.toSorted((left, right) => right.url.length - left.url.length)[0];
}

/** Whether a repository lies below a URL, which may be a host alone. */
export function isBelow(repository: RepositoryUrl, prefix: string): boolean {
  const parsed = parseRepositoryUrl(prefix);
  // A host without a path is no repository: one is added to read the rest.
  const extended = parsed.ok ? parsed : parseRepositoryUrl(`${prefix.replace(/\/+$/u, '')}/_`);
  if (!extended.ok) return false;
  const { protocol, host, port, path } = extended.repository;
  const isSameHost =
    protocol === repository.protocol && host === repository.host && port === repository.port;
  return isSameHost && (!parsed.ok || repository.path.startsWith(path));
}

function addTrust(
  reading: CredentialReading,
  { host }: RepositoryUrl,
  { knownHosts, authorities }: ArgocdTrust,
): CredentialReading {
  if (!reading.ok) return reading;
  const trusted = Object.hasOwn(authorities, host) ? authorities[host] : undefined;
  return {
    ok: true,
    credential: {
      ...reading.credential,
      ...(knownHosts !== undefined && { knownHosts }),
      ...(trusted !== undefined && { authorities: trusted }),
    },
  };
}
