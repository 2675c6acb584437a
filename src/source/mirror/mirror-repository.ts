/**
 * One mirror on disk: a bare repository with commits and tags, without trees and files. Every method runs git once.
 *
 * Refs of the mirror: `refs/holdfast/new/HASH` is what the server showed last, `refs/holdfast/tip/HASH` what was accepted as
 * the tip of a ref. HASH stands for the ref's name: a name from the server never becomes a path.
 */
import { createHash } from 'node:crypto';
import { access, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../../base/make-folder.ts';
import { isObjectId } from '../parse-revision.ts';
import type { GitOutcome, GitRun } from './run-git.ts';
import { runGit } from './run-git.ts';
import { MIRROR_LIMITS, type MirrorSettings } from './settings.ts';
import type { RemoteAccess } from './remote-access.ts';
import type { RemoteTip } from './parse-ref-list.ts';

export interface MirrorRepositoryOptions {
  /** The folder of the bare repository. */
  readonly folder: string;
  readonly program: string;
  /** The configuration for commands without network. */
  readonly localConfigFile: string;
  readonly settings: MirrorSettings;
  readonly signal?: AbortSignal | undefined;
}

export interface FetchRequest {
  readonly tips: readonly RemoteTip[];
  /** An object that is no tip. */
  readonly objectId?: string | undefined;
  /** How many commits from each tip; absent: what follows those that are there. `all`: the whole history. */
  readonly depth?: number | 'all' | undefined;
  readonly timeoutMs: number;
}

interface FetchLimits extends Pick<GitRun, 'timeoutMs' | 'input'> {
  /** Absent: `mirrors.receivedBytesMax`. */
  readonly fileBytesMax?: number;
  /** Lines of configuration, `key=value`. */
  readonly settings?: readonly string[];
}

/** Where notes of the remote are kept; git looks for notes only below refs/notes. */
const NOTES_REF = 'refs/notes/holdfast';
/** git's own word for "everything" (INFINITE_DEPTH). */
const DEPTH_ALL = 2_147_483_647;
const LOCAL_TIMEOUT_MS = MIRROR_LIMITS['mirrors.localTimeoutMs'].default;
const OUTPUT_BYTES_MAX = MIRROR_LIMITS['mirrors.outputBytesMax'].default;
/** Room for the header of `cat-file --batch`. */
const HEADER_BYTES = 256;
/** The kernel's limit of a file counts in blocks. */
const BLOCK_BYTES = 512;
/** A hash of this length does not collide by chance, and the name of a ref stays short. */
const NAME_CHARS = 40;

/** Only renames of the same content: to find others, git compares every file with every other one. */
const DIFF = ['diff-tree', '-r', '-z', '-M100%', '--no-ext-diff', '--no-textconv'] as const;

/** The mirror of one remote for one credential. */
export class MirrorRepository {
  readonly #options: MirrorRepositoryOptions;

  constructor(options: MirrorRepositoryOptions) {
    this.#options = options;
  }

  get folder(): string {
    return this.#options.folder;
  }

  async exists(): Promise<boolean> {
    return await access(join(this.folder, 'HEAD')).then(
      () => true,
      () => false,
    );
  }

  /** Makes an empty one, without hooks or templates. */
  async create(format: 'sha1' | 'sha256'): Promise<GitOutcome> {
    await rm(this.folder, { recursive: true, force: true });
    makeFolder(this.folder, { mode: 0o700 });
    const argv = ['init', '--bare', '--quiet', '--template=', `--object-format=${format}`];
    return await this.#run([...argv, this.folder]);
  }

  async listRefs(
    remote: RemoteAccess,
    patterns: readonly string[],
    timeoutMs: number,
  ): Promise<GitOutcome> {
    return await this.#ask(remote, ['ls-remote', '--quiet', '--', 'origin', ...patterns], {
      timeoutMs,
    });
  }

  /** The refspecs go through standard input: no number of tips exceeds the length of a command line. */
  async fetch(remote: RemoteAccess, request: FetchRequest): Promise<GitOutcome> {
    const { tips, objectId, depth, timeoutMs } = request;
    const refspecs = [
      ...tips.map((tip) => `+${tip.objectId}:${newRef(tip.name)}`),
      // Without a ref of ours: the tips keep what is reachable, and nothing else is to stay.
      ...(objectId === undefined ? [] : [objectId]),
    ];
    const commits = depth === 'all' ? DEPTH_ALL : depth;
    return await this.#fetch(
      remote,
      [...(commits === undefined ? [] : [`--depth=${commits}`]), '--stdin', 'origin'],
      { timeoutMs, input: `${refspecs.join('\n')}\n` },
    );
  }

  async #fetch(
    remote: RemoteAccess,
    argv: readonly string[],
    { settings = [], ...limits }: FetchLimits,
  ): Promise<GitOutcome> {
    const outcome = await this.#ask(
      remote,
      [
        ...settings.flatMap((setting) => ['-c', setting]),
        'fetch',
        '--quiet',
        '--no-tags',
        '--no-write-fetch-head',
        '--no-auto-maintenance',
        '--no-recurse-submodules',
        ...argv,
      ],
      limits,
    );
    if (outcome.status === 'done') return outcome;
    const largest = await this.#removeUnfinished();
    const { fileBytesMax = this.#options.settings.receivedBytesMax } = limits;
    const isExceeded = largest >= fileBytesMax - BLOCK_BYTES;
    return isExceeded ? { status: 'file-exceeded' } : outcome;
  }

  /** The notes of a ref alone, with their content, which no other fetch brings. */
  async fetchNotes(remote: RemoteAccess, notesId: string, timeoutMs: number): Promise<GitOutcome> {
    return await this.#fetch(remote, ['--no-filter', '--depth=1', '--stdin', 'origin'], {
      timeoutMs,
      input: `+${notesId}:${NOTES_REF}\n`,
    });
  }

  /** Objects by their ids, whatever the mirror has, and what the filter leaves of those below them. */
  async fetchObjects(
    remote: RemoteAccess,
    objectIds: readonly string[],
    limits: { readonly filter: string; readonly bytesMax: number; readonly timeoutMs: number },
  ): Promise<GitOutcome> {
    const { filter, bytesMax, timeoutMs } = limits;
    return await this.#fetch(remote, ['--stdin', 'origin'], {
      timeoutMs,
      fileBytesMax: bytesMax,
      input: objectIds.map((id) => `${id}\n`).join(''),
      settings: [
        // The option --filter would note the remote in the mirror, and git would ask it for whatever is missing.
        `remote.origin.partialCloneFilter=${filter}`,
        // Otherwise the server leaves out what belongs to commits that the mirror has.
        'fetch.negotiationAlgorithm=noop',
      ],
    });
  }

  /** Which of these objects the mirror lacks; `undefined` if git cannot tell. */
  async listMissing(objectIds: readonly string[]): Promise<readonly string[] | undefined> {
    if (objectIds.length === 0) return [];
    const input = objectIds.map((id) => `${id}\n`).join('');
    const outcome = await this.#run(['cat-file', '--batch-check'], { input });
    if (outcome.status !== 'done') return undefined;
    const missing = textOf(outcome.output)
      .split('\n')
      .flatMap((line) => (line.endsWith(' missing') ? [line.slice(0, -' missing'.length)] : []));
    return missing;
  }

  /** The files in which two trees differ, in the format of `--raw -z`. */
  async listChanged(trees: readonly [string, string]): Promise<GitOutcome> {
    return await this.#run([...DIFF, '--raw', '--no-abbrev', ...trees]);
  }

  /** Their changed lines, in the format of `--numstat -z`. */
  async countLines(trees: readonly [string, string]): Promise<GitOutcome> {
    return await this.#run([...DIFF, '--numstat', ...trees]);
  }

  /** One commit with its folders, and its files up to a size; of the server's history nothing. For a repository of its own. */
  async fetchTree(
    remote: RemoteAccess,
    objectId: string,
    { fileBytesMax, timeoutMs }: { readonly fileBytesMax: number; readonly timeoutMs: number },
  ): Promise<GitOutcome> {
    // By the configuration: the option --filter would note the remote in the repository, and git would ask it for what is missing.
    const filter = `remote.origin.partialCloneFilter=blob:limit=${fileBytesMax}`;
    return await this.#fetch(remote, ['--depth=1', '--stdin', 'origin'], {
      timeoutMs,
      input: `+${objectId}:refs/holdfast/tree\n`,
      settings: [filter],
    });
  }

  /** The ids, kinds and sizes of objects, in the format of `cat-file --batch-check`. */
  async listSizes(objectIds: readonly string[]): Promise<GitOutcome> {
    return await this.#run(['cat-file', '--batch-check'], { input: `${objectIds.join('\n')}\n` });
  }

  /** Objects in the format of `cat-file --batch`, at most so many bytes. */
  async readObjects(objectIds: readonly string[], bytesMax: number): Promise<GitOutcome> {
    return await this.#run(['cat-file', '--batch'], {
      input: `${objectIds.join('\n')}\n`,
      outputBytesMax: bytesMax + objectIds.length * HEADER_BYTES,
    });
  }

  /** The id of the note on an object; empty if it has none. */
  async findNote(objectId: string): Promise<GitOutcome> {
    // git ends with an error if there is no note: the list of all has one line each, and is bounded.
    return await this.#run(['notes', `--ref=${NOTES_REF}`, 'list', objectId]);
  }

  /** The object in the format of `cat-file --batch`; more than the limit of an object is not read. */
  async readObject(objectId: string): Promise<GitOutcome> {
    return await this.#run(['cat-file', '--batch'], {
      input: `${objectId}\n`,
      outputBytesMax: this.#options.settings.objectBytesMax + HEADER_BYTES,
    });
  }

  /** Whether the mirror has the object. */
  async hasObject(objectId: string): Promise<boolean> {
    const outcome = await this.#run(['cat-file', '--batch-check'], { input: `${objectId}\n` });
    return outcome.status === 'done' && !textOf(outcome.output).includes('missing');
  }

  /** The accepted tips, by the hash of the ref's name; `undefined` if git cannot tell. */
  async listTips(): Promise<ReadonlyMap<string, string> | undefined> {
    const format = '--format=%(objectname) %(refname:lstrip=3)';
    const outcome = await this.#run(['for-each-ref', format, 'refs/holdfast/tip/']);
    if (outcome.status !== 'done') return undefined;
    const lines = textOf(outcome.output)
      .split('\n')
      .filter((line) => line !== '');
    return new Map(
      lines.map((line) => {
        const [objectId = '', name = ''] = line.split(' ');
        return [name, objectId];
      }),
    );
  }

  /** Which of the refs' last shown tips contain the object; `undefined` if git cannot tell. */
  async findContaining(
    objectId: string,
    kind: 'new' | 'tip',
  ): Promise<ReadonlySet<string> | undefined> {
    const outcome = await this.#run([
      'for-each-ref',
      `--contains=${objectId}`,
      '--format=%(refname:lstrip=3)',
      `refs/holdfast/${kind}/`,
    ]);
    if (outcome.status !== 'done') return undefined;
    return new Set(
      textOf(outcome.output)
        .split('\n')
        .filter((line) => line !== ''),
    );
  }

  /** Whether the first object is the second one or in its history; `undefined` if git cannot tell. */
  async isAncestor(ancestorId: string, descendantId: string): Promise<boolean | undefined> {
    if (!isObjectId(ancestorId) || !isObjectId(descendantId)) return undefined;
    const outcome = await this.#run(['merge-base', '--is-ancestor', ancestorId, descendantId]);
    if (outcome.status === 'done') return true;
    return outcome.status === 'failed' && outcome.exitCode === 1 ? false : undefined;
  }

  /** All changes, or none. */
  async updateRefs(commands: readonly string[]): Promise<GitOutcome> {
    return await this.#run(['update-ref', '--stdin', '--no-deref'], {
      input: commands.map((command) => `${command}\n`).join(''),
    });
  }

  /** Whether parts of the history are missing. */
  async isShallow(): Promise<boolean> {
    const text = await readFile(join(this.folder, 'shallow'), 'utf8').catch(() => '');
    return text.trim() !== '';
  }

  /** Joins the packs once there are many. */
  async repackIfNeeded(): Promise<void> {
    const packs = await readdir(join(this.folder, 'objects/pack')).catch(() => []);
    const count = packs.filter((name) => name.endsWith('.pack')).length;
    if (count <= MIRROR_LIMITS['mirrors.packsMax'].default) return;
    // A failure leaves the packs as they are.
    await this.#run(['repack', '-a', '-d', '-q']);
  }

  /** What it takes on disk: packs are nearly all of it. */
  async sizeBytes(): Promise<number> {
    const folder = join(this.folder, 'objects/pack');
    const names = await readdir(folder).catch(() => []);
    const sizes = await Promise.all(
      names.map((name) =>
        stat(join(folder, name)).then(
          ({ size }) => size,
          () => 0,
        ),
      ),
    );
    return sizes.reduce((sum, size) => sum + size, 0);
  }

  /** git leaves the pack that it was writing when it was killed. Returns the size of the largest, in bytes. */
  async #removeUnfinished(): Promise<number> {
    const folder = join(this.folder, 'objects/pack');
    const names = await readdir(folder).catch(() => []);
    let largest = 0;
    for (const name of names.filter((each) => each.startsWith('tmp_'))) {
      const { size } = await stat(join(folder, name));
      largest = Math.max(largest, size);
      await rm(join(folder, name), { force: true });
    }
    return largest;
  }

  async #ask(
    remote: RemoteAccess,
    argv: readonly string[],
    limits: Pick<GitRun, 'timeoutMs'> & Partial<Pick<GitRun, 'input' | 'fileBytesMax'>>,
  ): Promise<GitOutcome> {
    const { configFile, sshConfigFile } = remote;
    return await this.#run(argv, { ...limits, configFile, sshConfigFile });
  }

  async #run(argv: readonly string[], special: Partial<GitRun> = {}): Promise<GitOutcome> {
    const { program, localConfigFile, settings, signal, folder } = this.#options;
    return await runGit({
      program,
      argv: argv[0] === 'init' ? argv : [`--git-dir=${folder}`, ...argv],
      configFile: localConfigFile,
      timeoutMs: LOCAL_TIMEOUT_MS,
      outputBytesMax: OUTPUT_BYTES_MAX,
      fileBytesMax: settings.receivedBytesMax,
      memoryBytesMax: settings.processMemoryBytesMax,
      signal,
      ...special,
    });
  }
}

/** The part of our refs that stands for the name of a ref. */
export function hashRefName(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, NAME_CHARS);
}

function newRef(name: string): string {
  return `refs/holdfast/new/${hashRefName(name)}`;
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8');
}
