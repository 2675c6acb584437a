/**
 * Parses the URL of a Git repository, and gives it one normal form for comparison.
 *
 * The text comes from objects that tenants write. It becomes the argument of a program, so everything that git gives a
 * special meaning is refused here: options (`-…`), remote helpers (`ext::…`), and characters that a shell, a
 * configuration file or a terminal interprets. Source: git-fetch(1) "GIT URLS", gitremote-helpers(7).
 */

export type RepositoryProtocol = 'https' | 'http' | 'ssh' | 'file';

export interface RepositoryUrl {
  readonly protocol: RepositoryProtocol;
  /** Lower case; an IPv6 address stands in brackets. Empty for `file`. */
  readonly host: string;
  /** Absent for the protocol's own port. */
  readonly port?: number | undefined;
  /** The login name of an ssh server. The user of an https URL is dropped: it is part of a credential. */
  readonly user?: string | undefined;
  /** Begins with `/`; without `.git` and slashes at the end. */
  readonly path: string;
  /** For git, without a password. */
  readonly url: string;
  /** For comparison: equal for two spellings of the same repository. Without user, default port and `.git`. */
  readonly normal: string;
}

export type ParsedRepositoryUrl =
  | { readonly ok: true; readonly repository: RepositoryUrl }
  /** The reason never repeats the URL, which may contain a password. */
  | { readonly ok: false; readonly reason: string };

/** A URL of a forge has less than 300 characters. Source of the number: what browsers and proxies accept. */
const URL_CHARS_MAX = 2048;

const PRINTABLE = /^[!-~]+$/u;
/** Quotes, a backslash, and characters that shells, globs or templates interpret. */
const REFUSED_CHARACTERS = /["'`\\<>{}|^$*;()]/u;
const REMOTE_HELPER = /^[A-Za-z0-9+.-]+::/u;
const SCHEME = /^(?<scheme>[a-z][a-z0-9+.-]*):\/\//iu;
const SCP_LIKE = /^(?:(?<user>[^@/:]+)@)?(?<host>\[[0-9A-Fa-f:.]+\]|[^@/:[\]]+):(?<path>[^:].*)$/u;
const HOST = /^(?:[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?|\[[0-9a-f:.]+\])$/u;
const USER = /^[A-Za-z0-9_][A-Za-z0-9_.+-]*$/u;

const DEFAULT_PORTS: Readonly<Record<RepositoryProtocol, number>> = {
  https: 443,
  http: 80,
  ssh: 22,
  // A path has no port.
  file: 0,
};

/** Parses any text; never throws. */
export function parseRepositoryUrl(text: string): ParsedRepositoryUrl {
  const problem = findProblem(text);
  if (problem !== undefined) return { ok: false, reason: problem };
  const scheme = SCHEME.exec(text)?.groups?.['scheme']?.toLowerCase();
  return scheme === undefined ? parseScpLike(text) : parseSchemeUrl(text, scheme);
}

function findProblem(text: string): string | undefined {
  if (text === '') return 'The URL of the repository is empty';
  if (text.length > URL_CHARS_MAX) {
    return `The URL of the repository is longer than ${URL_CHARS_MAX} characters`;
  }
  if (text.startsWith('-')) return 'The URL of the repository begins with "-", like an option';
  if (!PRINTABLE.test(text) || REFUSED_CHARACTERS.test(text)) {
    return 'The URL of the repository contains a character that must be percent-encoded';
  }
  if (REMOTE_HELPER.test(text)) {
    return 'The URL of the repository names a remote helper ("NAME::"), which runs a program';
  }
  return undefined;
}

function parseSchemeUrl(text: string, scheme: string): ParsedRepositoryUrl {
  const protocol = protocolOf(scheme);
  if (protocol === undefined) {
    return refuse(`The protocol "${scheme}" is none of https, http, ssh and file`);
  }
  if (!URL.canParse(text)) return refuse('The URL of the repository is malformed');
  const { hostname, port, username, pathname, search, hash } = new URL(text);
  if (`${search}${hash}` !== '') {
    return refuse('The URL of the repository has a query or a fragment, which git does not send');
  }
  if (protocol === 'file') {
    return hostname === ''
      ? finish({ protocol, host: '', path: pathname })
      : refuse('A file URL names no host: write file:///PATH');
  }
  return finish({
    protocol,
    host: hostname,
    port: port === '' ? undefined : Number(port),
    user: protocol === 'ssh' && username !== '' ? username : undefined,
    path: pathname,
  });
}

function protocolOf(scheme: string): RepositoryProtocol | undefined {
  switch (scheme) {
    case 'https':
    case 'http':
    case 'ssh':
    case 'file':
      return scheme;
    // Old spellings that git still reads.
    case 'git+ssh':
    case 'ssh+git':
      return 'ssh';
    default:
      return undefined;
  }
}

/** `user@host:path`. On forges the path is the same as that of an ssh URL. */
function parseScpLike(text: string): ParsedRepositoryUrl {
  const { user, host, path } = SCP_LIKE.exec(text)?.groups ?? {};
  if (host === undefined || path === undefined) {
    return refuse(
      'The URL of the repository has no protocol: write https://HOST/PATH, ssh://USER@HOST/PATH or USER@HOST:PATH',
    );
  }
  if (path.startsWith('-')) return refuse('The path begins with "-", like an option');
  if (/[?#]/u.test(path)) {
    return refuse('The URL of the repository has a query or a fragment, which git does not send');
  }
  const pathname = new URL(`ssh://host/${path.replace(/^\/+/u, '')}`).pathname;
  return finish({ protocol: 'ssh', host, user, path: pathname });
}

interface Parts {
  readonly protocol: RepositoryProtocol;
  readonly host: string;
  readonly port?: number | undefined;
  readonly user?: string | undefined;
  readonly path: string;
}

function finish(parts: Parts): ParsedRepositoryUrl {
  const { protocol, user } = parts;
  // A final dot means the same host (RFC 1034 section 3.1).
  const host = parts.host.toLowerCase().replace(/\.$/u, '');
  if (protocol !== 'file' && !HOST.test(host)) return refuse('The name of the host is malformed');
  if (user !== undefined && !USER.test(user)) return refuse('The name of the user is malformed');
  const whole = parts.path.replaceAll(/\/{2,}/gu, '/').replace(/\/+$/u, '');
  const path = whole.replace(/\.git$/u, '').replace(/\/+$/u, '');
  if (path === '') return refuse('The URL of the repository has no path');
  const port = parts.port === DEFAULT_PORTS[protocol] ? undefined : parts.port;
  const authority = `${host}${port === undefined ? '' : `:${port}`}`;
  const login = user === undefined ? '' : `${user}@`;
  return {
    ok: true,
    repository: {
      protocol,
      host,
      port,
      user,
      path,
      url: `${protocol}://${login}${authority}${whole}`,
      normal: `${protocol}://${authority}${path}`,
    },
  };
}

function refuse(reason: string): ParsedRepositoryUrl {
  return { ok: false, reason };
}
