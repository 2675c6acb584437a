/** Serves Git repositories by the real sshd on loopback, for our own user and one key. */
import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import { prepareDebianProgram } from '../assets/debian.ts';
import { startChild } from '../cluster/child-process.ts';
import { findFreePorts } from '../cluster/free-ports.ts';
import { waitUntil } from '../wait-until.ts';
import { connect } from 'node:net';

const run = promisify(execFile);

export interface SshGitServer {
  readonly port: number;
  /** The user's name on the server. */
  readonly user: string;
  /** The private key that is let in. */
  readonly privateKey: string;
  /** The line of known_hosts. */
  readonly knownHosts: string;
}

/** Makes a key pair without a passphrase, or with one; returns the path of the private key. */
export async function makeSshKey(folder: string, name: string, passphrase = ''): Promise<string> {
  const file = join(folder, name);
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-C', name, '-f', file]);
  return file;
}

/** Starts it for one test; its files lie in the folder. */
export async function startSshGitServer(test: TestContext, folder: string): Promise<SshGitServer> {
  const sshd = await prepareDebianProgram({ program: 'sshd', package: 'openssh-server' });
  const [port = 0] = await findFreePorts(1);
  const hostKey = await makeSshKey(folder, 'host_key');
  const userKey = await makeSshKey(folder, 'user_key');
  const authorized = join(folder, 'authorized_keys');
  await writeFile(authorized, await readFile(`${userKey}.pub`, 'utf8'));
  await chmod(authorized, 0o600);
  const config = join(folder, 'sshd_config');
  await writeFile(config, formatConfig({ port, hostKey, authorized, folder }));
  // Where sshd separates its privileges, if it runs as root.
  if (process.getuid?.() === 0) await mkdir('/run/sshd', { recursive: true });
  const server = await startChild(sshd, {
    argv: ['-D', '-e', '-f', config],
    logFile: join(folder, 'sshd.log'),
  });
  test.after(() => server.stop());
  await waitUntil(async () => {
    await server.assertRunning();
    return await accepts(port);
  });
  const publicKey = (await readFile(`${hostKey}.pub`, 'utf8')).split(' ').slice(0, 2).join(' ');
  return {
    port,
    user: userInfo().username,
    privateKey: await readFile(userKey, 'utf8'),
    knownHosts: `[localhost]:${port} ${publicKey}\n`,
  };
}

function formatConfig(options: {
  readonly port: number;
  readonly hostKey: string;
  readonly authorized: string;
  readonly folder: string;
}): string {
  return [
    `Port ${options.port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${options.hostKey}`,
    `AuthorizedKeysFile ${options.authorized}`,
    `PidFile ${join(options.folder, 'sshd.pid')}`,
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin prohibit-password',
    'AcceptEnv GIT_PROTOCOL',
    'LogLevel ERROR',
    '',
  ].join('\n');
}

async function accepts(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}
