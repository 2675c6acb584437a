/**
 * Writes the files of one commit into a private folder, as `git checkout` would on Linux, without running anything that the
 * repository brings: no filters, hooks or submodules. The id of every object is computed again from its bytes.
 *
 * What a checkout would make differently (large files of LFS, submodules, converted line ends) is a `fault`: such files are not those that
 * the GitOps controller applies.
 */
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RevisionFailure } from './mirror-failure.ts';
import { mirrorDamaged } from './mirror-failure.ts';
import type { MirrorRepository } from './mirror-repository.ts';
import { parseObjectBatch, parseObjectSizes, type ObjectSize } from './parse-object-batch.ts';
import type { ObjectOutput } from './parse-object-output.ts';
import { parseTreeObject, type TreeEntry } from './parse-tree-object.ts';
import { explainOutcome, remainingMs, type ReadContext } from './read-revision.ts';
import type { RemoteAccess } from './remote-access.ts';
import { MIRROR_LIMITS } from './settings.ts';

export type TreeReading =
  | {
      readonly status: 'read';
      readonly bytes: number;
      /** Why the files may not be those of a checkout. Absent for nearly all. */
      readonly fault?: string | undefined;
      /** Files that were too large to be fetched, with slashes. */
      readonly omitted: readonly string[];
    }
  /** Final: it has too many files, or no files that can be written. */
  | { readonly status: 'refused'; readonly reason: string }
  | RevisionFailure;

export interface TreeTarget {
  readonly objectId: string;
  /** An empty folder, for our user alone. */
  readonly folder: string;
}

const ENTRIES_MAX = MIRROR_LIMITS['mirrors.treeEntriesMax'].default;
const BYTES_MAX = MIRROR_LIMITS['mirrors.treeBytesMax'].default;
const FILE_BYTES_MAX = MIRROR_LIMITS['mirrors.treeFileBytesMax'].default;
const DEPTH_MAX = MIRROR_LIMITS['mirrors.treeDepthMax'].default;
const CHUNK_BYTES = MIRROR_LIMITS['mirrors.treeChunkBytes'].default;
/** Raw bytes of an id. */
const SHA1_BYTES = 20;
const SHA256_BYTES = 32;
const SHA256_DIGITS = 64;
/** A pointer of git-lfs is shorter than this. Source: git-lfs docs/spec.md. */
const POINTER_BYTES_MAX = 1024;
const POINTER_START = 'version https://git-lfs.github.com/spec/';
/** Attributes by which a checkout changes bytes. Source: gitattributes(5). */
const CHANGING_ATTRIBUTES = /\b(?:filter|working-tree-encoding)=|\bident\b|\beol=crlf\b/u;

/** Fetches the commit into a repository of its own, which the caller removes, and writes its files. */
export async function readRemoteTree(
  target: TreeTarget,
  access: RemoteAccess,
  context: ReadContext,
): Promise<TreeReading> {
  const { mirror } = context;
  const format = target.objectId.length === SHA256_DIGITS ? 'sha256' : 'sha1';
  const created = await mirror.create(format);
  if (created.status !== 'done') return explainOutcome(created, access);
  const fetched = await mirror.fetchTree(access, target.objectId, {
    fileBytesMax: FILE_BYTES_MAX,
    timeoutMs: remainingMs(context),
  });
  context.onFetch(fetched.status);
  if (fetched.status === 'file-exceeded') return refused('the files of the commit are too large');
  if (fetched.status !== 'done') return explainOutcome(fetched, access);
  try {
    return await new TreeWriter(mirror, target).write();
  } catch (fault) {
    if (fault instanceof TreeRefusal) return fault.reading;
    throw fault;
  }
}

/** Ends the walk from wherever it is. */
class TreeRefusal extends Error {
  readonly reading: TreeReading;

  constructor(reading: TreeReading) {
    super(reading.status);
    this.reading = reading;
  }
}

interface PlacedEntry extends TreeEntry {
  /** In the tree, with slashes. */
  readonly path: string;
}

class TreeWriter {
  readonly #mirror: MirrorRepository;
  readonly #target: TreeTarget;
  readonly #files: PlacedEntry[] = [];
  readonly #omitted: string[] = [];
  #entries = 0;
  #bytes = 0;
  #fault: string | undefined;

  constructor(mirror: MirrorRepository, target: TreeTarget) {
    this.#mirror = mirror;
    this.#target = target;
  }

  async write(): Promise<TreeReading> {
    let level = [{ path: '', objectId: await this.#readRoot() }];
    for (let depth = 0; level.length > 0; depth += 1) {
      if (depth > DEPTH_MAX) throw refusal('the folders of the commit are too deep');
      level = await this.#listLevel(level);
    }
    await this.#writeFiles();
    const fault = this.#fault === undefined ? {} : { fault: this.#fault };
    return { status: 'read', bytes: this.#bytes, omitted: this.#omitted, ...fault };
  }

  async #readRoot(): Promise<string> {
    const [commit] = await this.#read([this.#target.objectId]);
    const text =
      commit?.status === 'found' && commit.kind === 'commit'
        ? Buffer.from(commit.bytes).toString('latin1')
        : '';
    const tree = /^tree (?<id>[0-9a-f]+)\n/u.exec(text)?.groups?.['id'];
    if (tree?.length !== this.#target.objectId.length) throw damaged();
    return tree;
  }

  /** The folders in these folders. */
  async #listLevel(folders: readonly Placed[]): Promise<Placed[]> {
    const below: Placed[] = [];
    const objects = await this.#read(folders.map(({ objectId }) => objectId));
    for (const [index, folder] of folders.entries()) {
      const object = objects[index];
      if (object?.status !== 'found' || object.kind !== 'tree') throw damaged();
      const isLong = this.#target.objectId.length === SHA256_DIGITS;
      const parsed = parseTreeObject(object.bytes, isLong ? SHA256_BYTES : SHA1_BYTES);
      if (!parsed.ok) throw refusal(parsed.reason);
      for (const entry of parsed.entries) {
        const path = folder.path === '' ? entry.name : `${folder.path}/${entry.name}`;
        this.#place({ ...entry, path }, below);
      }
    }
    for (const { path } of below) await mkdir(join(this.#target.folder, path), { mode: 0o700 });
    return below;
  }

  #place(entry: PlacedEntry, below: Placed[]): void {
    this.#entries += 1;
    if (this.#entries > ENTRIES_MAX) throw refusal('the commit has too many files');
    if (entry.kind === 'folder') below.push(entry);
    else if (entry.kind === 'submodule') {
      this.#fault ??= `"${entry.path}" is a submodule, which is not fetched`;
    } else this.#files.push(entry);
  }

  async #writeFiles(): Promise<void> {
    const sizes = await this.#listSizes(this.#files.map(({ objectId }) => objectId));
    const chunk: PlacedEntry[] = [];
    let chunkBytes = 0;
    for (const [index, entry] of this.#files.entries()) {
      const size = sizes[index]?.sizeBytes;
      if (size === undefined || size > FILE_BYTES_MAX) {
        this.#omitted.push(entry.path);
        continue;
      }
      if (chunkBytes + size > CHUNK_BYTES) {
        await this.#writeChunk(chunk.splice(0));
        chunkBytes = 0;
      }
      chunk.push(entry);
      chunkBytes += size;
      this.#bytes += size;
      if (this.#bytes > BYTES_MAX) throw refusal('the files of the commit are too large');
    }
    await this.#writeChunk(chunk);
  }

  async #writeChunk(entries: readonly PlacedEntry[]): Promise<void> {
    const objects = await this.#read(entries.map(({ objectId }) => objectId));
    for (const [index, entry] of entries.entries()) {
      const object = objects[index];
      if (object?.status !== 'found' || object.kind !== 'blob') throw damaged();
      await this.#writeEntry(entry, object.bytes);
    }
  }

  async #writeEntry({ kind, name, path }: PlacedEntry, bytes: Uint8Array): Promise<void> {
    const file = join(this.#target.folder, path);
    if (kind === 'link') {
      const to = Buffer.from(bytes).toString('utf8');
      if (to === '' || to.includes('\0')) throw refusal(`the link "${path}" is malformed`);
      // Where it leads is judged before anything reads the tree (render/tree.ts); nothing is written through it here.
      return await symlink(to, file);
    }
    if (name === '.gitattributes' && CHANGING_ATTRIBUTES.test(textOf(bytes))) {
      this.#fault ??= `"${path}" has attributes by which a checkout changes files`;
    }
    if (bytes.byteLength < POINTER_BYTES_MAX && textOf(bytes).startsWith(POINTER_START)) {
      this.#fault ??= `"${path}" is kept by git-lfs, which is not asked`;
    }
    // Not through anything that is there already.
    await writeFile(file, bytes, { flag: 'wx', mode: 0o600 });
  }

  async #read(objectIds: readonly string[]): Promise<readonly ObjectOutput[]> {
    const sizes = await this.#listSizes(objectIds);
    const wanted = sizes.filter(({ sizeBytes }) => sizeBytes !== undefined);
    if (wanted.length !== objectIds.length) throw damaged();
    // Of folders, that is: larger files were left out before.
    if (wanted.some(({ sizeBytes = 0 }) => sizeBytes > CHUNK_BYTES)) {
      throw refusal('a folder of the commit has too many files');
    }
    const objects: ObjectOutput[] = [];
    for (const chunk of chunksOf(wanted)) {
      const total = chunk.reduce((sum, { sizeBytes = 0 }) => sum + sizeBytes, 0);
      const ids = chunk.map(({ objectId }) => objectId);
      const outcome = await this.#mirror.readObjects(ids, total);
      if (outcome.status !== 'done') throw damaged();
      objects.push(...parseObjectBatch(outcome.output, chunk));
    }
    return objects;
  }

  async #listSizes(objectIds: readonly string[]): Promise<readonly ObjectSize[]> {
    if (objectIds.length === 0) return [];
    const outcome = await this.#mirror.listSizes(objectIds);
    const sizes =
      outcome.status === 'done' ? parseObjectSizes(outcome.output, objectIds) : undefined;
    if (sizes === undefined) throw damaged();
    return sizes;
  }
}

interface Placed {
  readonly path: string;
  readonly objectId: string;
}

function chunksOf(wanted: readonly ObjectSize[]): readonly (readonly ObjectSize[])[] {
  const chunks: ObjectSize[][] = [];
  let bytes = 0;
  for (const each of wanted) {
    const size = each.sizeBytes ?? 0;
    if (chunks.length === 0 || bytes + size > CHUNK_BYTES) {
      chunks.push([]);
      bytes = 0;
    }
    bytes += size;
    chunks.at(-1)?.push(each);
  }
  return chunks;
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8');
}

function refused(reason: string): TreeReading {
  return { status: 'refused', reason };
}

function refusal(reason: string): TreeRefusal {
  return new TreeRefusal(refused(reason));
}

function damaged(): TreeRefusal {
  return new TreeRefusal(mirrorDamaged('The files of the commit cannot be read'));
}
