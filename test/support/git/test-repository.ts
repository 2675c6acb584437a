/** A Git repository for one test, made by the real git without the person's own settings. */
import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

const IDENTITY: readonly string[] = [
  '-c',
  'user.name=Grace',
  '-c',
  'user.email=grace@example.com',
  '-c',
  'commit.gpgSign=false',
];

export interface TestRepository {
  /** The folder with the working tree. */
  readonly folder: string;
  /** Runs git there and returns what it prints, without the last newline. */
  readonly git: (...argv: readonly string[]) => Promise<string>;
  /** An empty commit on the current branch; returns its id. */
  readonly commit: (message: string) => Promise<string>;
}

/** Makes a repository with a branch main and one commit. Servers may filter, and give objects by their id. */
export async function makeTestRepository(
  folder: string,
  options: { readonly format?: 'sha1' | 'sha256' } = {},
): Promise<TestRepository> {
  await mkdir(folder, { recursive: true });
  const repository: TestRepository = {
    folder,
    git: (...argv) => runTestGit(folder, argv),
    commit: async (message) => {
      await runTestGit(folder, ['commit', '--quiet', '--allow-empty', '--message', message]);
      return await runTestGit(folder, ['rev-parse', 'HEAD']);
    },
  };
  const format = options.format ?? 'sha1';
  await repository.git('init', '--quiet', '--initial-branch=main', `--object-format=${format}`);
  await repository.git('config', 'uploadpack.allowFilter', 'true');
  await repository.commit('Begin');
  return repository;
}

/** Runs git in a folder, as Grace. */
export async function runTestGit(folder: string, argv: readonly string[]): Promise<string> {
  const { stdout } = await run('git', [...IDENTITY, ...argv], {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_TEMPLATE_DIR: '',
    },
  });
  return stdout.trimEnd();
}
