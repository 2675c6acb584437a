/**
 * Formats the configuration that a git process reads, and no other: not the system's, not the user's. It may contain
 * credentials, so it stands in a private file that exists as long as the process runs, and in no argument or variable.
 * Source: git-config(1).
 */
import type { RepositoryUrl } from '../parse-repository-url.ts';

/** How an http server is reached and authenticated. */
export interface HttpAccess {
  /** The whole value of the header `Authorization`. */
  readonly authorization?: string | undefined;
  readonly authoritiesFile?: string | undefined;
  readonly certificateFile?: string | undefined;
  readonly keyFile?: string | undefined;
  /** The addresses that were checked; curl asks no resolver. */
  readonly addresses: readonly string[];
}

export interface RemoteConfig {
  readonly repository: RepositoryUrl;
  readonly http?: HttpAccess | undefined;
  /** A server that sends less than a byte per second for so long is given up. */
  readonly silenceSeconds: number;
}

type Entry = readonly [key: string, value: string];

/** What holds for every process, with or without network. */
const ALWAYS: readonly Entry[] = [
  // A remote helper (`ext::`, `fd::`) runs any program; only the protocol of the remote is allowed, below.
  ['protocol.allow', 'never'],
  ['protocol.version', '2'],
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['core.attributesFile', '/dev/null'],
  ['core.excludesFile', '/dev/null'],
  ['core.askPass', ''],
  // A replacement or a graft would show another commit under the id of the signed one.
  ['core.useReplaceRefs', 'false'],
  // A pack of a kilobyte can inflate to gigabytes; larger files are streamed.
  ['core.bigFileThreshold', '1m'],
  ['core.deltaBaseCacheLimit', '16m'],
  ['pack.threads', '1'],
  ['credential.helper', ''],
  ['credential.interactive', 'false'],
  ['submodule.recurse', 'false'],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
  ['safe.directory', '*'],
  ['advice.detachedHead', 'false'],
];

/** What holds for a fetch. */
const FETCH: readonly Entry[] = [
  ['transfer.fsckObjects', 'true'],
  // A bundle URI makes the client download from another host.
  ['transfer.bundleURI', 'false'],
  ['transfer.credentialsInUrl', 'die'],
  ['fetch.recurseSubmodules', 'false'],
  ['fetch.writeCommitGraph', 'false'],
  // Packs are written by index-pack, which checks them, and never unpacked to loose objects.
  ['fetch.unpackLimit', '1'],
  ['fetch.prune', 'false'],
  // No `ssh -G` to find out which program it is.
  ['ssh.variant', 'ssh'],
];

const HTTP: readonly Entry[] = [
  // A redirect would take the request, with its credential, to a host that was not checked.
  ['http.followRedirects', 'false'],
  ['http.sslVerify', 'true'],
  ['http.delegation', 'none'],
  ['http.emptyAuth', 'false'],
  ['http.cookieFile', ''],
  ['http.saveCookies', 'false'],
  ['http.proxy', ''],
  ['http.lowSpeedLimit', '1'],
];

/** For commands that only read the mirror: no protocol at all, so that a missing object is not fetched. */
export function formatLocalConfig(): string {
  return formatEntries(ALWAYS);
}

/** For commands that ask the remote, which is called `origin`. */
export function formatRemoteConfig(config: RemoteConfig): string {
  const { repository, http, silenceSeconds } = config;
  return formatEntries([
    ...ALWAYS,
    ...FETCH,
    [`protocol.${repository.protocol}.allow`, 'always'],
    ['remote.origin.url', repository.url],
    ['remote.origin.tagOpt', '--no-tags'],
    ['remote.origin.promisor', 'true'],
    ['remote.origin.partialCloneFilter', 'tree:0'],
    ...(http === undefined
      ? []
      : [
          ...HTTP,
          ...formatAccess(http, repository),
          ['http.lowSpeedTime', `${silenceSeconds}`] as const,
        ]),
  ]);
}

function formatAccess(http: HttpAccess, { host, port, protocol }: RepositoryUrl): readonly Entry[] {
  const standard = protocol === 'https' ? 443 : 80;
  const name = host.replaceAll(/^\[|\]$/gu, '');
  const addresses = http.addresses.map((each) => (each.includes(':') ? `[${each}]` : each));
  const entries: readonly (readonly [string, string | undefined])[] = [
    // An address literal is not resolved.
    [
      'http.curloptResolve',
      isLiteral(host) ? undefined : `${name}:${port ?? standard}:${addresses.join(',')}`,
    ],
    ['http.extraHeader', http.authorization && `Authorization: ${http.authorization}`],
    ['http.sslCAInfo', http.authoritiesFile],
    ['http.sslCert', http.certificateFile],
    ['http.sslKey', http.keyFile],
  ];
  return entries.flatMap(([key, value]): readonly Entry[] => (value ? [[key, value]] : []));
}

function isLiteral(host: string): boolean {
  return host.startsWith('[') || /^\d+(?:\.\d+){3}$/u.test(host);
}

/** The value is quoted, so that it cannot end the line or begin a section. */
function formatEntries(entries: readonly Entry[]): string {
  const lines = entries.map(([key, value]) => {
    const first = key.indexOf('.');
    const last = key.lastIndexOf('.');
    const subsection = first === last ? '' : ` "${key.slice(first + 1, last)}"`;
    return `[${key.slice(0, first)}${subsection}]\n\t${key.slice(last + 1)} = ${quote(value)}\n`;
  });
  return lines.join('');
}

function quote(value: string): string {
  const escaped = value
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n')
    .replaceAll('\t', '\\t');
  return `"${escaped}"`;
}
