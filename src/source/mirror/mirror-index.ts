/** Which mirrors are on disk, when each was used and what it takes, so that the oldest go first when room is needed. */
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../../base/make-folder.ts';

/** A file beside the mirror: its content is the size in bytes, its time that of the last use. */
const USE_FILE = 'size';

interface MirrorEntry {
  readonly usedAtMs: number;
  readonly bytes: number;
}

export interface MirrorBounds {
  readonly mirrorsMax: number;
  readonly folderBytesMax: number;
}

/** One instance for a folder of mirrors. */
export class MirrorIndex {
  readonly #folder: string;
  readonly #entries = new Map<string, MirrorEntry>();
  readonly #inUse = new Map<string, number>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Reads what earlier processes left. */
  static async open(folder: string): Promise<MirrorIndex> {
    const index = new MirrorIndex(folder);
    makeFolder(folder, { mode: 0o700 });
    for (const key of await readdir(folder)) {
      const file = join(folder, key, USE_FILE);
      const found = await stat(file).catch(() => undefined);
      if (found === undefined) continue;
      const bytes = Number(await readFile(file, 'utf8').catch(() => '0'));
      index.#entries.set(key, {
        usedAtMs: found.mtimeMs,
        bytes: Number.isFinite(bytes) ? bytes : 0,
      });
    }
    return index;
  }

  get count(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    return [...this.#entries.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** A mirror in use is not removed. Call `release` once for each `hold`. */
  hold(key: string): void {
    this.#inUse.set(key, (this.#inUse.get(key) ?? 0) + 1);
  }

  release(key: string): void {
    const count = (this.#inUse.get(key) ?? 1) - 1;
    if (count === 0) this.#inUse.delete(key);
    else this.#inUse.set(key, count);
  }

  /** Notes a use and the size after it. */
  async note(key: string, entry: MirrorEntry): Promise<void> {
    this.#entries.set(key, entry);
    makeFolder(join(this.#folder, key), { mode: 0o700 });
    await writeFile(join(this.#folder, key, USE_FILE), `${entry.bytes}\n`);
  }

  /** Removes the mirrors that were used least recently until the bounds hold; returns how many. */
  async evict(bounds: MirrorBounds): Promise<number> {
    const oldest = [...this.#entries]
      .filter(([key]) => !this.#inUse.has(key))
      .toSorted(([, left], [, right]) => left.usedAtMs - right.usedAtMs);
    let removed = 0;
    for (const [key] of oldest) {
      if (this.count <= bounds.mirrorsMax && this.bytes <= bounds.folderBytesMax) break;
      this.#entries.delete(key);
      await rm(join(this.#folder, key), { recursive: true, force: true });
      removed += 1;
    }
    return removed;
  }
}
