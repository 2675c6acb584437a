/**
 * Reads objects of a repository on this machine with the git program. Neither the repository nor the environment is trusted: what
 * their configuration names is never run, and nothing is fetched.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { cutToBytes } from '../base/cut-to-bytes.ts';
import { errorCode, errorText } from '../base/error-details.ts';
import { printable } from '../base/printable.ts';
import { HoldfastError } from '../errors.ts';

export interface StoredObject {
  /** As the repository names it: compute it again. */
  readonly id: string;
  readonly bytes: Buffer;
}

export interface ReadObjectOptions {
  /** A work tree, a folder in one, or a bare repository. */
  readonly repository: string;
  /** Any name that gitrevisions(7) allows. */
  readonly revision: string;
  /** The kind of object that the name is followed to: a commit through tags. */
  readonly kind: 'commit' | 'tag';
  readonly objectBytesMax: number;
  /** To find git on. */
  readonly searchPath: string | undefined;
}

const run = promisify(execFile);
/** One object of a local disk takes milliseconds; a disk that hangs must not hold the command for ever. */
const TIMEOUT_MS = 30_000;
/** The line before the content: a name as it was given, a kind and a length. */
const HEAD_BYTES_MAX = 4096;
const MESSAGE_BYTES_MAX = 300;
const LF = 0x0a;

/**
 * Reads one object. `undefined` where it has more bytes than allowed.
 *
 * @throws HoldfastError `git_unavailable`, `input_unreadable` (no repository), `argument_invalid` (no such revision)
 */
export async function readLocalObject(
  options: ReadObjectOptions,
): Promise<StoredObject | undefined> {
  const { revision, kind, objectBytesMax } = options;
  if (/[\n\0]/u.test(revision) || revision.length > HEAD_BYTES_MAX / 2) {
    throw new HoldfastError('argument_invalid', 'The revision is no name on one line');
  }
  const output = await readBatch(options, `${revision}^{${kind}}\n`);
  if (output === undefined) return undefined;
  const headEnd = output.indexOf(LF);
  const head = output.toString('utf8', 0, headEnd);
  const found = /^(?<id>[0-9a-f]{40}|[0-9a-f]{64}) (?<kind>\w+) (?<length>\d+)$/u.exec(head);
  const { id, kind: foundKind, length } = found?.groups ?? {};
  if (id === undefined || foundKind !== kind) {
    throw new HoldfastError(
      'argument_invalid',
      `The repository has no ${kind} that is called "${printable(revision)}"`,
    );
  }
  if (Number(length) > objectBytesMax) return undefined;
  return { id, bytes: output.subarray(headEnd + 1, headEnd + 1 + Number(length)) };
}

/** What `git cat-file --batch` prints for one line of input. `undefined` where it is too long. */
async function readBatch(options: ReadObjectOptions, line: string): Promise<Buffer | undefined> {
  const { repository, objectBytesMax, searchPath } = options;
  const running = run('git', argumentsFor(repository), {
    env: environmentFor(searchPath),
    encoding: 'buffer',
    timeout: TIMEOUT_MS,
    maxBuffer: objectBytesMax + HEAD_BYTES_MAX,
  });
  // A git that ends before it has read says why on standard error.
  running.child.stdin?.on('error', () => undefined).end(line);
  try {
    return (await running).stdout;
  } catch (error) {
    if (errorCode(error) === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') return undefined;
    throw explain(error, repository);
  }
}

function argumentsFor(repository: string): readonly string[] {
  return [
    // A replacement would be another object under the same name (git-replace(1)).
    '--no-replace-objects',
    '--no-pager',
    '-C',
    repository,
    // The owner of the folder may be anybody: nothing that its configuration names is run.
    '-c',
    'safe.directory=*',
    '-c',
    'core.fsmonitor=false',
    '-c',
    'core.hooksPath=/dev/null',
    'cat-file',
    '--batch',
  ];
}

/** GIT_DIR, GIT_CONFIG_COUNT, GIT_SSH_COMMAND and the like would lead elsewhere: none is passed on. */
function environmentFor(searchPath: string | undefined): NodeJS.ProcessEnv {
  return {
    ...(searchPath === undefined ? {} : { PATH: searchPath }),
    LC_ALL: 'C',
    HOME: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    // A partial clone fetches what it lacks, with programs that its configuration names. git before 2.45 does not know the
    // first variable; the second allows no protocol at all.
    GIT_NO_LAZY_FETCH: '1',
    GIT_ALLOW_PROTOCOL: '',
  };
}

function explain(error: unknown, repository: string): HoldfastError {
  const said = error instanceof Error ? String(Reflect.get(error, 'stderr') ?? '') : '';
  const message = cutToBytes(printable(said.trim().split('\n')[0] ?? ''), MESSAGE_BYTES_MAX);
  if (/^fatal: (?:not a git repository|cannot change to)/u.test(message)) {
    return new HoldfastError(
      'input_unreadable',
      `"${printable(repository)}" is no repository: git says "${message}"`,
    );
  }
  const detail = message === '' ? errorText(error) : message;
  return new HoldfastError('git_unavailable', `git could not read the object: ${detail}`, {
    cause: error,
  });
}
