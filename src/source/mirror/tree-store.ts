/**
 * The files of commits on disk, each fetched once however many applications it deploys, and kept for the next of them for a while.
 */
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { errorCode } from '../../base/error-details.ts';
import { makeFolder } from '../../base/make-folder.ts';
import { revisionUnavailable } from './mirror-failure.ts';
import { removeLeftFolders, RUN_FOLDER_PREFIX } from './private-folder.ts';
import type { Mirrors } from './mirrors.ts';
import type { TreeReading } from './read-tree.ts';
import type { RevisionRequest } from './read-revision.ts';
import { MIRROR_LIMITS } from './settings.ts';

export interface CommitTree {
  /** The top of the repository; absolute. */
  readonly root: string;
  readonly reading: TreeReading & { readonly status: 'read' };
}

export type TreeFailure = Exclude<TreeReading, { readonly status: 'read' }>;

export interface TreeStoreOptions {
  /** Absolute. */
  readonly folder: string;
  readonly mirrors: Pick<Mirrors, 'readTree'>;
  readonly clock: Clock;
}

interface Stored {
  /** Counted at once, so that nobody removes it between being found and being used. */
  users: number;
  /** Zero until they are there. */
  bytes: number;
  readonly fetched: Promise<FetchedTree>;
}

interface FetchedTree {
  /** Absent if none could be made. */
  readonly folder?: string | undefined;
  readonly reading: TreeReading;
}

const TREES_MAX = MIRROR_LIMITS['mirrors.treesMax'].default;
const TREES_BYTES_MAX = MIRROR_LIMITS['mirrors.treesBytesMax'].default;
const MS_PER_SECOND = 1000;

/** Prepares the folder; removes what a process left that died. */
export async function openTreeStore(options: TreeStoreOptions): Promise<TreeStore> {
  await removeLeftFolders(options.folder, options.clock.wallMs());
  return new TreeStore(options);
}

/** All trees of a process. */
export class TreeStore {
  readonly #options: TreeStoreOptions;
  /** By repository, credential and commit; the one that was used longest ago comes first. */
  readonly #trees = new Map<string, Stored>();

  constructor(options: TreeStoreOptions) {
    this.#options = options;
  }

  /** Gives the files of a commit that was found before; they stay as they are while `work` runs. */
  async use<Result>(
    request: RevisionRequest,
    work: (tree: CommitTree) => Promise<Result>,
  ): Promise<Result | TreeFailure> {
    const key = keyOf(request);
    const stored = this.#trees.get(key) ?? { users: 0, bytes: 0, fetched: this.#fetch(request) };
    stored.users += 1;
    // A Map keeps the order of insertion.
    this.#trees.delete(key);
    this.#trees.set(key, stored);
    const { folder, reading } = await stored.fetched;
    stored.bytes = reading.status === 'read' ? reading.bytes : 0;
    try {
      if (folder === undefined || reading.status !== 'read') return failureOf(reading);
      const seconds = this.#options.clock.wallMs() / MS_PER_SECOND;
      // Another process takes an old folder for one that was left behind.
      await utimes(folder, seconds, seconds);
      return await work({ root: join(folder, 'tree'), reading });
    } finally {
      stored.users -= 1;
      await this.#makeRoom(key, { stored, keeps: reading.status === 'read' });
    }
  }

  /** Removes all of them. */
  async close(): Promise<void> {
    await Promise.all([...this.#trees.keys()].map((key) => this.#remove(key)));
  }

  async #fetch(request: RevisionRequest): Promise<FetchedTree> {
    const { folder: parent, mirrors } = this.#options;
    try {
      makeFolder(parent, { mode: 0o700 });
      const folder = await mkdtemp(join(parent, RUN_FOLDER_PREFIX));
      await chmod(folder, 0o700);
      const tree = join(folder, 'tree');
      await mkdir(tree, { mode: 0o700 });
      const scratch = join(folder, 'git');
      const reading = await mirrors.readTree(request, { folder: tree, scratch });
      await rm(scratch, { recursive: true, force: true });
      return { folder, reading };
    } catch (fault) {
      const reason = `The files of the commit cannot be written (${errorCode(fault) ?? 'an unknown error'})`;
      return { reading: revisionUnavailable(reason) };
    }
  }

  async #makeRoom(
    key: string,
    { stored, keeps }: { readonly stored: Stored; readonly keeps: boolean },
  ): Promise<void> {
    // What could not be read is asked for again.
    if (!keeps && stored.users === 0 && this.#trees.get(key) === stored) await this.#remove(key);
    for (const [name, { users }] of this.#trees) {
      if (!this.#isFull()) return;
      if (users === 0) await this.#remove(name);
    }
  }

  #isFull(): boolean {
    const bytes = [...this.#trees.values()].reduce((sum, each) => sum + each.bytes, 0);
    return this.#trees.size > TREES_MAX || bytes > TREES_BYTES_MAX;
  }

  /** Out of the map first: nobody is given a folder that is going. */
  async #remove(key: string): Promise<void> {
    const stored = this.#trees.get(key);
    this.#trees.delete(key);
    const fetched = await stored?.fetched;
    if (fetched?.folder !== undefined) await rm(fetched.folder, { recursive: true, force: true });
  }
}

function failureOf(reading: TreeReading): TreeFailure {
  return reading.status === 'read' ? revisionUnavailable('There is no folder') : reading;
}

/** A tree that one credential may read is not given to another. */
function keyOf({ repository, credential, objectId }: RevisionRequest): string {
  const parts = [repository.url, credential.origin, objectId];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
