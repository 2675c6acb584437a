/**
 * Formats the configuration that ssh reads, and no other. The key of the host is always checked: without that, whoever is
 * between us and the server answers in its place. Source: ssh_config(5).
 */
import type { RepositoryUrl } from '../parse-repository-url.ts';

export interface SshAccess {
  readonly repository: RepositoryUrl;
  /** The address that was checked; ssh asks no resolver. */
  readonly address: string;
  readonly knownHostsFile: string;
  /** Absent: the server must let us in without a key. */
  readonly identityFile?: string | undefined;
  readonly connectTimeoutSeconds: number;
}

/** The text of the file for `ssh -F`. Paths are ours and contain no quote. */
export function formatSshConfig(access: SshAccess): string {
  const { repository, address, knownHostsFile, identityFile, connectTimeoutSeconds } = access;
  const host = repository.host.replaceAll(/^\[|\]$/gu, '');
  // As ssh itself writes the host into known_hosts (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT").
  const alias = repository.port === undefined ? host : `[${host}]:${repository.port}`;
  const lines = [
    'Host *',
    `HostName ${address}`,
    `HostKeyAlias ${alias}`,
    'StrictHostKeyChecking yes',
    `UserKnownHostsFile "${knownHostsFile}"`,
    'GlobalKnownHostsFile /dev/null',
    'CheckHostIP no',
    'UpdateHostKeys no',
    'VerifyHostKeyDNS no',
    'BatchMode yes',
    'IdentitiesOnly yes',
    'IdentityAgent none',
    identityFile === undefined ? 'IdentityFile none' : `IdentityFile "${identityFile}"`,
    'PreferredAuthentications publickey',
    'CanonicalizeHostname no',
    'ProxyCommand none',
    'ProxyJump none',
    'ControlMaster no',
    'ControlPath none',
    'ForwardAgent no',
    'ForwardX11 no',
    'ClearAllForwardings yes',
    'PermitLocalCommand no',
    'ServerAliveInterval 5',
    'ServerAliveCountMax 3',
    `ConnectTimeout ${connectTimeoutSeconds}`,
    'LogLevel ERROR',
  ];
  return `${lines.join('\n')}\n`;
}
