/**
 * Runs git, bounded in time, memory, output and bytes on disk, with an environment of our own.
 *
 * git starts processes itself (ssh, index-pack, git-remote-https): all are in one process group, which is killed as a
 * whole.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { dirname } from 'node:path';
import { errorCode } from '../../base/error-details.ts';

export interface GitRun {
  /** The program, by its absolute path. */
  readonly program: string;
  /** No secret and no text from outside may begin an argument. */
  readonly argv: readonly string[];
  /** The only configuration file besides that of the mirror. */
  readonly configFile: string;
  /** For `ssh -F`. */
  readonly sshConfigFile?: string | undefined;
  readonly input?: string | undefined;
  readonly timeoutMs: number;
  readonly outputBytesMax: number;
  /** The largest file that a process may write (RLIMIT_FSIZE). */
  readonly fileBytesMax: number;
  /** The address space of one process (RLIMIT_AS). */
  readonly memoryBytesMax: number;
  readonly signal?: AbortSignal | undefined;
}

export type GitOutcome =
  | { readonly status: 'done'; readonly output: Uint8Array }
  | {
      readonly status: 'failed';
      readonly exitCode: number | undefined;
      /** What git and the server wrote: text of an attacker. */
      readonly complaint: string;
    }
  | { readonly status: 'timed-out' }
  | { readonly status: 'stopped' }
  | { readonly status: 'output-exceeded' }
  /** A file reached `fileBytesMax`. */
  | { readonly status: 'file-exceeded' }
  | { readonly status: 'not-started'; readonly reason: string };

/** The end of what git complains about is kept. */
const COMPLAINT_CHARS_MAX = 4096;
const BLOCK_BYTES = 512;
const KIB = 1024;
const MS_PER_SECOND = 1000;

/**
 * POSIX ulimit counts files in blocks of 512 bytes and memory in KiB. Not every system has the limit of memory; the
 * others are required. A core file would contain credentials.
 */
const LIMITED =
  'ulimit -c 0 && ulimit -f "$1" && ulimit -t "$2" || exit 126; ulimit -v "$3" 2>/dev/null; shift 3; exec "$@"';

/** Never rejects. After a time-out, all processes of the group are gone or dying. */
export async function runGit(run: GitRun): Promise<GitOutcome> {
  const { promise, resolve } = Promise.withResolvers<GitOutcome>();
  const child = start(run);
  const output: Buffer[] = [];
  let outputBytes = 0;
  let complaint = '';
  let ending: GitOutcome | undefined;
  const end = (outcome: GitOutcome): void => {
    ending ??= outcome;
    killGroup(child);
  };
  const timer = setTimeout(() => end({ status: 'timed-out' }), run.timeoutMs);
  const onAbort = (): void => end({ status: 'stopped' });
  run.signal?.addEventListener('abort', onAbort, { once: true });
  if (run.signal?.aborted === true) onAbort();
  child.stdout?.on('data', (chunk: Buffer) => {
    outputBytes += chunk.byteLength;
    if (outputBytes > run.outputBytesMax) end({ status: 'output-exceeded' });
    else output.push(chunk);
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint = `${complaint}${text}`.slice(-COMPLAINT_CHARS_MAX);
  });
  // A process that ends before it has read its input is not a fault of its own.
  child.stdin?.on('error', () => {});
  child.stdin?.end(run.input ?? '');
  child.once('error', (error) => {
    resolve({ status: 'not-started', reason: errorCode(error) ?? 'an unknown error' });
  });
  child.once('close', (exitCode) => {
    if (ending !== undefined) resolve(ending);
    else if (exitCode === 0) resolve({ status: 'done', output: Buffer.concat(output) });
    else resolve({ status: 'failed', exitCode: exitCode ?? undefined, complaint });
  });
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    run.signal?.removeEventListener('abort', onAbort);
    // A process that closed its output may still run; nothing outlives this call.
    killGroup(child);
  }
}

function start(run: GitRun): ChildProcess {
  const seconds = Math.ceil(run.timeoutMs / MS_PER_SECOND) + 1;
  const limits = [
    Math.ceil(run.fileBytesMax / BLOCK_BYTES),
    seconds,
    Math.ceil(run.memoryBytesMax / KIB),
  ];
  return spawn(
    '/bin/sh',
    ['-c', LIMITED, 'holdfast-git', ...limits.map(String), run.program, ...run.argv],
    // A group of its own: its children are killed with it, and a Ctrl-C of the terminal does not reach them.
    { detached: true, cwd: '/', stdio: ['pipe', 'pipe', 'pipe'], env: environmentOf(run) },
  );
}

/** Nothing is inherited: GIT_DIR, GIT_SSH, GIT_PROXY_COMMAND, LD_PRELOAD or http_proxy would change what git does. */
function environmentOf({ program, configFile, sshConfigFile }: GitRun): Record<string, string> {
  return {
    PATH: `${dirname(program)}:/usr/local/bin:/usr/bin:/bin`,
    LC_ALL: 'C',
    HOME: '/nonexistent',
    XDG_CONFIG_HOME: '/nonexistent',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: configFile,
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '/bin/false',
    SSH_ASKPASS: '/bin/false',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_NO_LAZY_FETCH: '1',
    GIT_PROTOCOL_FROM_USER: '0',
    GIT_SSH_COMMAND:
      sshConfigFile === undefined ? '/bin/false' : `ssh -F ${quoteForShell(sshConfigFile)}`,
  };
}

function quoteForShell(path: string): string {
  return `'${path.replaceAll("'", "'\\''")}'`;
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // ESRCH: the group is gone.
  }
}
