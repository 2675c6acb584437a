/** A repository and SSH keys in a folder of one test, made by the real git and ssh-keygen, and the verdict of git on them. */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import { makeTemporaryFolder } from '../temporary-folder.ts';
import { SIGNED_AT_SECONDS } from './commit-samples.ts';

const run = promisify(execFile);
/** What git takes a minute for hangs. */
const TIMEOUT_MS = 60_000;

export interface WorkshopKey {
  readonly path: string;
  /** The line of the `.pub` file without its comment. */
  readonly text: string;
}

/** What git says of a signature: `%G?` of git-log(1), and whether `git verify-commit` ends with 0. */
export interface GitVerdict {
  readonly letter: string;
  readonly isAccepted: boolean;
}

/** Files in the folder that git verifies with. */
export interface GitTrust {
  readonly allowedSigners: string;
  readonly revokedKeys?: string | undefined;
}

export interface GitWorkshop {
  readonly folder: string;
  readonly repository: string;
  readonly write: (name: string, content: string | Uint8Array) => Promise<string>;
  readonly read: (name: string) => Promise<Buffer>;
  /** Runs ssh-keygen; rejects where it fails. */
  readonly keygen: (...argv: readonly string[]) => Promise<void>;
  /** Whether `ssh-keygen -Y verify` takes a signature, with its other arguments. */
  readonly acceptsSignature: (payload: Uint8Array, ...argv: readonly string[]) => Promise<boolean>;
  readonly makeKey: (name: string, ...argv: readonly string[]) => Promise<WorkshopKey>;
  /** Runs git in the repository; what it prints, without the last LF. */
  readonly git: (...argv: readonly string[]) => Promise<string>;
  /** Makes an empty commit with `git commit`, signed by a key where one is named; its id. */
  readonly commit: (options?: WorkshopCommitOptions) => Promise<string>;
  /** The raw bytes of an object. */
  readonly readObject: (id: string, kind?: string) => Promise<Buffer>;
  /** Stores bytes as an object, whatever they are; its id. */
  readonly storeObject: (bytes: Uint8Array, kind?: string) => Promise<string>;
  /** Signs bytes with `ssh-keygen -Y sign`. */
  readonly sign: (key: string, payload: Uint8Array, ...argv: readonly string[]) => Promise<Buffer>;
  readonly askGit: (id: string, trust: GitTrust) => Promise<GitVerdict>;
  /** Whether `git verify-tag` ends with 0. */
  readonly acceptsTag: (name: string, trust: GitTrust) => Promise<boolean>;
}

export interface WorkshopCommitOptions {
  /** The path of the key that signs. */
  readonly key?: string;
  readonly message?: string;
  readonly seconds?: number;
  readonly email?: string;
}

/** Makes the folder and an empty repository; both are removed when the test ends. */
export async function openGitWorkshop(
  test: TestContext,
  options: { readonly objectFormat?: 'sha1' | 'sha256' } = {},
): Promise<GitWorkshop> {
  const folder = await makeTemporaryFolder(test);
  const repository = join(folder, 'repository');
  const environment = makeEnvironment(folder);
  const call = async (program: string, argv: readonly string[], input?: Uint8Array) => {
    const running = run(program, argv, {
      env: environment,
      cwd: folder,
      encoding: 'buffer',
      timeout: TIMEOUT_MS,
    });
    // A program that reads nothing may have ended already.
    running.child.stdin?.on('error', () => undefined).end(input ?? '');
    return (await running).stdout;
  };
  const git = (...argv: readonly string[]) => call('git', ['-C', repository, ...argv]);
  await call('git', [
    'init',
    '-q',
    `--object-format=${options.objectFormat ?? 'sha1'}`,
    repository,
  ]);

  return {
    folder,
    repository,
    write: async (name, content) => {
      await writeFile(join(folder, name), content);
      return join(folder, name);
    },
    read: (name) => readFile(join(folder, name)),
    keygen: async (...argv) => void (await call('ssh-keygen', ['-q', ...argv])),
    acceptsSignature: (payload, ...argv) =>
      succeeds(call('ssh-keygen', ['-Y', 'verify', '-n', 'git', ...argv], payload)),
    makeKey: async (name, ...argv) => {
      const path = join(folder, name);
      await call('ssh-keygen', ['-q', '-N', '', '-C', name, '-f', path, ...argv]);
      const [type, key] = (await readFile(`${path}.pub`, 'utf8')).split(' ');
      return { path, text: `${type} ${key}` };
    },
    git: async (...argv) => (await git(...argv)).toString().trimEnd(),
    commit: async (commitOptions = {}) => {
      await call('env', commitArguments(repository, commitOptions));
      return (await git('rev-parse', 'HEAD')).toString().trimEnd();
    },
    readObject: (id, kind = 'commit') => git('cat-file', kind, id),
    storeObject: async (bytes, kind = 'commit') => {
      const argv = ['-C', repository, 'hash-object', '-w', '--stdin', '-t', kind, '--literally'];
      return (await call('git', argv, bytes)).toString().trimEnd();
    },
    sign: (key, payload, ...argv) =>
      call('ssh-keygen', ['-Y', 'sign', '-q', '-n', 'git', '-f', key, ...argv], payload),
    askGit: async (id, trust) => ({
      letter: (await git(...trustOptions(trust), 'log', '-1', '--format=%G?', id))
        .toString()
        .trim(),
      isAccepted: await succeeds(git(...trustOptions(trust), 'verify-commit', id)),
    }),
    acceptsTag: (name, trust) => succeeds(git(...trustOptions(trust), 'verify-tag', name)),
  };
}

async function succeeds(running: Promise<unknown>): Promise<boolean> {
  try {
    await running;
    return true;
  } catch {
    return false;
  }
}

function commitArguments(
  repository: string,
  { key, message = 'Release', seconds = SIGNED_AT_SECONDS, email }: WorkshopCommitOptions,
): readonly string[] {
  const date = `${seconds} +0000`;
  const variables = [`GIT_AUTHOR_DATE=${date}`, `GIT_COMMITTER_DATE=${date}`];
  if (email !== undefined) variables.push(`GIT_COMMITTER_EMAIL=${email}`);
  const git = ['git', '-C', repository, '-c', `user.signingKey=${key ?? ''}`, 'commit', '-q'];
  const kind = ['--allow-empty', '--allow-empty-message', '--cleanup=verbatim', '-m', message];
  return [...variables, ...git, ...kind, key === undefined ? '--no-gpg-sign' : '-S'];
}

function trustOptions({ allowedSigners, revokedKeys }: GitTrust): readonly string[] {
  const options = ['-c', `gpg.ssh.allowedSignersFile=${allowedSigners}`];
  if (revokedKeys !== undefined) options.push('-c', `gpg.ssh.revocationFile=${revokedKeys}`);
  return options;
}

/** Nothing of the person who runs the tests: neither configuration nor agent. */
function makeEnvironment(folder: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    HOME: folder,
    TZ: 'UTC',
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'gpg.format',
    GIT_CONFIG_VALUE_0: 'ssh',
    GIT_AUTHOR_NAME: 'Alice',
    GIT_AUTHOR_EMAIL: 'alice@example.com',
    GIT_COMMITTER_NAME: 'Alice',
    GIT_COMMITTER_EMAIL: 'alice@example.com',
  };
}
