/**
 * Runs a program on files that somebody else wrote: without network, with an empty environment, in a private temporary folder,
 * and with limits of time, memory, output and files.
 *
 * Where the kernel offers it (util-linux `unshare`, `prlimit`), the program has a network namespace of its own, without any
 * interface. Elsewhere nothing that it could start is on its PATH, and its proxies lead nowhere.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from './find-program.ts';

export interface ProgramRun {
  /** Absolute. */
  readonly program: string;
  readonly argv: readonly string[];
  readonly workingDirectory: string;
  readonly limits: RunLimits;
}

export interface RunLimits {
  readonly timeMs: number;
  readonly memoryBytes: number;
  readonly outputBytesMax: number;
  readonly fileBytesMax: number;
}

export type RunResult =
  | { readonly status: 'done'; readonly output: string }
  /** The program refused its input. */
  | { readonly status: 'refused'; readonly message: string }
  /** A limit, or the program could not be started. */
  | { readonly status: 'failed'; readonly reason: string };

/** The last of what the program complains of; the rest is context. */
const MESSAGE_CHARS_MAX = 500;
const MS_PER_SECOND = 1000;

/** Runs it once. Never rejects for what the program does. */
export async function runProgram(run: ProgramRun): Promise<RunResult> {
  const home = await mkdtemp(join(tmpdir(), 'holdfast-render-'));
  try {
    return await runIn(home, run);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

function runIn(home: string, run: ProgramRun): Promise<RunResult> {
  const { argv, limits, workingDirectory } = run;
  const [program = run.program, ...words] = [...confine(limits), run.program, ...argv];
  return new Promise((resolve) => {
    const child = spawn(program, words, {
      cwd: workingDirectory,
      env: emptyEnvironment(home),
      stdio: ['ignore', 'pipe', 'pipe'],
      // A process group of its own, so that all of it can be ended.
      detached: true,
    });
    const output: Buffer[] = [];
    let length = 0;
    let message = '';
    let ended: string | undefined;
    function end(reason: string): void {
      ended ??= reason;
      killGroup(child.pid);
    }
    const timer = setTimeout(() => end(`it took longer than ${limits.timeMs} ms`), limits.timeMs);
    child.stdout.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > limits.outputBytesMax) {
        end(`it printed more than ${limits.outputBytesMax} bytes`);
      } else output.push(chunk);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      message = `${message}${text}`.slice(-MESSAGE_CHARS_MAX);
    });
    child.once('error', (error) => {
      ended ??= `it cannot be started: ${error.message}`;
    });
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      // Whatever it started ends with it.
      killGroup(child.pid);
      if (ended !== undefined) resolve({ status: 'failed', reason: ended });
      else if (code === 0) {
        resolve({ status: 'done', output: Buffer.concat(output).toString('utf8') });
      } else if (code === null) resolve({ status: 'failed', reason: `it was ended by ${signal}` });
      else {
        resolve({ status: 'refused', message: withoutFolders(message, [home, workingDirectory]) });
      }
    });
  });
}

/** Nothing of our own environment: neither tokens, nor proxies, nor a kubeconfig. */
function emptyEnvironment(home: string): Readonly<Record<string, string>> {
  // A port that nothing listens on, where there is a network at all.
  const nowhere = 'http://127.0.0.1:1';
  return {
    HOME: home,
    TMPDIR: home,
    XDG_CACHE_HOME: join(home, 'cache'),
    XDG_CONFIG_HOME: join(home, 'config'),
    XDG_DATA_HOME: join(home, 'data'),
    PATH: '',
    LANG: 'C.UTF-8',
    HTTP_PROXY: nowhere,
    HTTPS_PROXY: nowhere,
    NO_PROXY: '',
    GIT_ALLOW_PROTOCOL: '',
    KUBECONFIG: join(home, 'none'),
  };
}

let confinement: readonly string[] | undefined;

/** The words before the program's own: a network namespace if the kernel grants one, and limits of resources. */
function confine({ memoryBytes, fileBytesMax, timeMs }: RunLimits): readonly string[] {
  confinement ??= findUnshare();
  const prlimit = findProgram('prlimit');
  if (prlimit === undefined) return confinement;
  const seconds = Math.ceil(timeMs / MS_PER_SECOND);
  const limits = [`--as=${memoryBytes}`, `--fsize=${fileBytesMax}`, `--cpu=${seconds}`, '--core=0'];
  return [...confinement, prlimit, ...limits, '--'];
}

function findUnshare(): readonly string[] {
  const unshare = findProgram('unshare');
  if (unshare === undefined) return [];
  // Root needs no user namespace, others get one; a hardened kernel refuses either.
  const attempts = [
    [unshare, '--net'],
    [unshare, '--user', '--map-root-user', '--net'],
  ];
  const granted = attempts.find(([program = '', ...flags]) => {
    const { status } = spawnSync(program, [...flags, '--', process.execPath, '--version'], {
      stdio: 'ignore',
    });
    return status === 0;
  });
  return granted === undefined ? [] : [...granted, '--'];
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

/** A message names files of the repository, not of this machine. */
function withoutFolders(message: string, folders: readonly string[]): string {
  return folders
    .reduce((text, folder) => text.replaceAll(`${folder}/`, '').replaceAll(folder, '.'), message)
    .trim();
}
