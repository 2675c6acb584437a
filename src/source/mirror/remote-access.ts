/** Access to one remote for one run: what is allowed, its checked address, and the private files with the credential. */
import { lstat, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { errorCode } from '../../base/error-details.ts';
import { SECOND } from '../../settings/limit.ts';
import type { RepositoryUrl } from '../parse-repository-url.ts';
import type { Credential } from './credential.ts';
import { formatRemoteConfig } from './format-git-config.ts';
import { formatSshConfig } from './format-ssh-config.ts';
import type { GithubApps } from './github-app.ts';
import { rejectRevision, revisionUnavailable, type RevisionFailure } from './mirror-failure.ts';
import { resolveHost, type HostRules } from '../../base/resolve-host.ts';

export interface AccessRules extends HostRules {
  readonly httpHosts: readonly string[];
  /** Absolute. */
  readonly fileFolders: readonly string[];
}

export interface RemoteAccess {
  /** The configuration of git, in a private file. */
  readonly configFile: string;
  readonly sshConfigFile?: string | undefined;
  /** Masked in whatever is said about the run. */
  readonly secrets: readonly string[];
}

export type AccessOpening =
  { readonly status: 'open'; readonly access: RemoteAccess } | RevisionFailure;

export interface AccessOptions {
  readonly repository: RepositoryUrl;
  readonly credential: Credential;
  readonly rules: AccessRules;
  readonly githubApps: GithubApps;
  /** Writes a private file, which exists as long as the run. */
  readonly write: (name: string, content: string) => Promise<string>;
}

/** A server that is silent for so long is given up before the whole time is over. */
const SILENCE_SECONDS = 20;
/** TCP, the exchange of versions and of keys. */
const CONNECT_TIMEOUT_SECONDS = 15;
const MASKED_CHARS_MIN = 4;

/** Checks everything that can be checked before a connection, and writes the files. Never rejects for a bad remote. */
export async function openAccess(options: AccessOptions): Promise<AccessOpening> {
  switch (options.repository.protocol) {
    case 'https':
      return await openHttp(options);
    case 'http':
      return options.rules.httpHosts.includes(options.repository.host)
        ? await openHttp(options)
        : rejectRevision(
            'repository_refused',
            `http can be read and changed on the way: use https, or name ${options.repository.host} in mirrors.httpHosts`,
          );
    case 'ssh':
      return await openSsh(options);
    case 'file':
      return await openFile(options);
  }
}

async function openHttp(options: AccessOptions): Promise<AccessOpening> {
  const { repository, credential, write } = options;
  const place = await resolve(options);
  if (place.status !== 'resolved') return place;
  const header = await authorize(credential, options.githubApps);
  if (!header.ok) return revisionUnavailable(header.reason);
  if (repository.protocol === 'http' && header.authorization !== undefined) {
    return rejectRevision('repository_refused', 'A credential is not sent over http: use https');
  }
  const { authorities, clientCertificate } = credential;
  const configFile = await write(
    'git.config',
    formatRemoteConfig({
      repository,
      silenceSeconds: SILENCE_SECONDS,
      http: {
        addresses: place.addresses,
        authorization: header.authorization,
        authoritiesFile: await writeSome(write, 'authorities.pem', authorities),
        certificateFile: await writeSome(write, 'client.pem', clientCertificate?.certificate),
        keyFile: await writeSome(write, 'client.key', clientCertificate?.key),
      },
    }),
  );
  return { status: 'open', access: { configFile, secrets: header.secrets } };
}

async function openSsh(options: AccessOptions): Promise<AccessOpening> {
  const { repository, credential, write } = options;
  const { authentication, knownHosts } = credential;
  if (authentication.kind !== 'ssh' && authentication.kind !== 'none') {
    return revisionUnavailable(
      `The credential ${credential.origin} is for https, and the URL is one of ssh`,
    );
  }
  if (knownHosts === undefined) {
    return revisionUnavailable(
      `There are no known keys of the host ${repository.host}: without them anybody could answer in its place`,
    );
  }
  const place = await resolve(options);
  if (place.status !== 'resolved') return place;
  const privateKey = authentication.kind === 'ssh' ? authentication.privateKey : undefined;
  const sshConfigFile = await write(
    'ssh.config',
    formatSshConfig({
      repository,
      address: place.addresses[0] ?? '',
      knownHostsFile: await write('known_hosts', endLine(knownHosts)),
      // ssh refuses a key whose last line does not end.
      identityFile: await writeSome(write, 'identity', privateKey && endLine(privateKey)),
      connectTimeoutSeconds: CONNECT_TIMEOUT_SECONDS,
    }),
  );
  const configFile = await write(
    'git.config',
    formatRemoteConfig({ repository, silenceSeconds: SILENCE_SECONDS }),
  );
  return { status: 'open', access: { configFile, sshConfigFile, secrets: [] } };
}

/** A link may not lead out of the configured folders, neither as the repository nor as its `.git`. */
async function openFile(options: AccessOptions): Promise<AccessOpening> {
  const { repository, rules, write } = options;
  const path = decodeURI(new URL(repository.url).pathname);
  let real: string;
  try {
    real = await realpath(path);
  } catch (error) {
    return revisionUnavailable(`The folder of the repository cannot be read (${errorCode(error)})`);
  }
  const roots = await Promise.all(
    rules.fileFolders.map((folder) => realpath(folder).catch(() => undefined)),
  );
  if (!roots.some((root) => root !== undefined && `${real}${sep}`.startsWith(`${root}${sep}`))) {
    return rejectRevision(
      'repository_refused',
      'A file URL must lead into a folder of mirrors.fileFolders',
    );
  }
  const inner = await lstat(join(real, '.git')).catch(() => undefined);
  if (inner !== undefined && !inner.isDirectory()) {
    return rejectRevision('repository_refused', 'The ".git" of the repository is a link or a file');
  }
  const configFile = await write(
    'git.config',
    formatRemoteConfig({ repository, silenceSeconds: SILENCE_SECONDS }),
  );
  return { status: 'open', access: { configFile, secrets: [] } };
}

async function resolve({
  repository,
  rules,
}: AccessOptions): Promise<
  { readonly status: 'resolved'; readonly addresses: readonly string[] } | RevisionFailure
> {
  const place = await resolveHost(repository.host, rules);
  switch (place.status) {
    case 'resolved':
      return place;
    case 'refused':
      return rejectRevision('repository_refused', place.reason);
    case 'unavailable':
      return revisionUnavailable(place.reason);
  }
}

type Authorization =
  | {
      readonly ok: true;
      readonly authorization?: string | undefined;
      readonly secrets: readonly string[];
    }
  | { readonly ok: false; readonly reason: string };

async function authorize(
  { authentication, authorities }: Credential,
  githubApps: GithubApps,
): Promise<Authorization> {
  switch (authentication.kind) {
    case 'none':
      return { ok: true, secrets: [] };
    case 'basic':
      return basic(authentication.username, authentication.password);
    case 'bearer': {
      const { token } = authentication;
      return { ok: true, authorization: `Bearer ${token}`, secrets: masked([token]) };
    }
    case 'ssh':
      return { ok: false, reason: 'The credential is a key for ssh, and the URL is one of https' };
    case 'github-app': {
      const given = await githubApps.token(authentication, authorities);
      return given.ok ? basic('x-access-token', given.token) : given;
    }
  }
}

/** RFC 7617. */
function basic(username: string, password: string): Authorization {
  const encoded = Buffer.from(`${username}:${password}`, 'utf8').toString('base64');
  return {
    ok: true,
    authorization: `Basic ${encoded}`,
    secrets: masked([password, encoded]),
  };
}

/** Masking a secret of a few characters would only show where it stands in ordinary words. */
function masked(secrets: readonly string[]): readonly string[] {
  return secrets.filter(({ length }) => length >= MASKED_CHARS_MIN);
}

async function writeSome(
  write: AccessOptions['write'],
  name: string,
  content: string | undefined,
): Promise<string | undefined> {
  return content === undefined ? undefined : await write(name, content);
}

function endLine(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}

/** In milliseconds; a resolver answers in one. */
export const RESOLVE_TIMEOUT_MS = 5 * SECOND;
