/** Git repositories in a folder, served to the GitOps controllers by git-daemon on loopback. */
import { execFile } from 'node:child_process';
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { startChild, type RunningChild } from '../cluster/child-process.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { findFreePorts } from '../cluster/free-ports.ts';
import { waitFor } from '../cluster/wait-for.ts';

const run = promisify(execFile);

/** What stands in Git: file names and their content; an object is written as JSON, `undefined` removes the file. */
export type GitFiles = Readonly<Record<string, string | object | undefined>>;

export interface GitRepository {
  readonly name: string;
  /** `git://127.0.0.1:PORT/NAME`. */
  readonly url: string;
  readonly folder: string;
  /** Commits the files to `main` and returns the commit's hash; what they do not name stays. */
  readonly commit: (files: GitFiles, message: string) => Promise<string>;
  /** Runs git there; what it prints, without the last newline. */
  readonly git: (...argv: readonly string[]) => Promise<string>;
  /** The hash of the newest commit. */
  readonly head: () => Promise<string>;
}

export interface GitServer {
  readonly url: string;
  readonly folder: string;
  /** Makes a repository with one commit; its own settings come first, as one that signs does. */
  readonly create: (
    name: string,
    files: GitFiles,
    settings?: Readonly<Record<string, string>>,
  ) => Promise<GitRepository>;
  /** Copies a repository with its history. */
  readonly copy: (from: GitRepository, name: string) => Promise<GitRepository>;
}

/** Starts the server; it ends with the cluster. */
export async function startGitServer(cluster: Cluster): Promise<GitServer> {
  const folder = join(cluster.folder, 'git');
  await mkdir(folder);
  const [port = 0] = await findFreePorts(1);
  const daemon = await startGitDaemon({
    port,
    folder,
    logFile: join(cluster.folder, 'git-daemon.log'),
  });
  cluster.adopt(daemon);
  const server = createGitServer(`git://127.0.0.1:${port}`, folder);
  const probe = await server.create('probe', { 'README.md': 'Is anybody there?\n' });
  await waitFor(
    'the git server answers',
    async () => (await run('git', ['ls-remote', probe.url], { timeout: 5000 })).stdout !== '',
    { assertPossible: daemon.assertRunning },
  );
  return server;
}

/** Starts the daemon itself: `git daemon` is a wrapper, and what it starts outlives it when it is killed. */
export async function startGitDaemon(options: {
  readonly port: number;
  readonly folder: string;
  readonly logFile: string;
}): Promise<RunningChild> {
  const { port, folder, logFile } = options;
  const { stdout: programs } = await run('git', ['--exec-path']);
  return await startChild(join(programs.trim(), 'git-daemon'), {
    argv: [
      '--listen=127.0.0.1',
      `--port=${port}`,
      `--base-path=${folder}`,
      '--export-all',
      '--reuseaddr',
    ],
    logFile,
  });
}

/** A handle of a server that runs already. */
export function createGitServer(url: string, folder: string): GitServer {
  const open = (name: string): GitRepository => openRepository({ name, url, folder });
  return {
    url,
    folder,
    create: async (name, files, settings = {}) => {
      const repository = open(name);
      await mkdir(repository.folder);
      await git(repository.folder, ['init', '--quiet', '--initial-branch=main']);
      for (const [key, value] of Object.entries(settings)) {
        await repository.git('config', key, value);
      }
      await repository.commit(files, 'Begin');
      return repository;
    },
    copy: async (from, name) => {
      const repository = open(name);
      await cp(from.folder, repository.folder, { recursive: true });
      return repository;
    },
  };
}

/** A handle of a repository that is there already. */
export function openRepository(place: {
  readonly name: string;
  readonly url: string;
  readonly folder: string;
}): GitRepository {
  const folder = join(place.folder, place.name);
  const head = async (): Promise<string> => (await git(folder, ['rev-parse', 'HEAD'])).trim();
  return {
    name: place.name,
    url: `${place.url}/${place.name}`,
    folder,
    head,
    git: async (...argv) => (await git(folder, argv)).trimEnd(),
    commit: async (files, message) => {
      for (const [name, content] of Object.entries(files)) {
        await writeContent(join(folder, name), content);
      }
      await git(folder, ['add', '--all']);
      await git(folder, ['commit', '--quiet', '--allow-empty', '--message', message]);
      return await head();
    },
  };
}

async function writeContent(path: string, content: string | object | undefined): Promise<void> {
  if (content === undefined) {
    await rm(path, { force: true });
    return;
  }
  await mkdir(dirname(path), { recursive: true });
  const text =
    typeof content === 'string' ? content : `${JSON.stringify(asList(content), undefined, 2)}\n`;
  await writeFile(path, text);
}

/** Several objects in one file: a Kubernetes List, which every controller reads. */
function asList(content: object): object {
  return Array.isArray(content) ? { apiVersion: 'v1', kind: 'List', items: content } : content;
}

/** The person's own settings (signing, hooks, templates) must not leak into a test repository. */
async function git(folder: string, argv: readonly string[]): Promise<string> {
  const identity = ['-c', 'user.name=Grace', '-c', 'user.email=grace@example.com'];
  const { stdout } = await run('git', [...identity, ...argv], {
    cwd: folder,
    env: {
      ...process.env,
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_TEMPLATE_DIR: '',
    },
  });
  return stdout;
}
