/**
 * Follows a file that another program appends lines to: through rotation (the file is renamed, and another one takes its name), truncation
 * (it is emptied, or copied and emptied), and a restart of this process in between.
 */
import { createHash } from 'node:crypto';
import { open, readdir, stat, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCode } from '../../base/error-details.ts';

/** How far a file was read. */
export interface TailPosition {
  /** A renamed file keeps it. */
  readonly inode: string;
  /** After the last whole line that was read, in bytes. */
  readonly offset: number;
  /** Of the beginning of the file: another file with the same inode has another one. */
  readonly print: string;
}

export interface TailOptions {
  readonly path: string;
  /** Absent: what is in the file now is old, and is not read. */
  readonly position: TailPosition | undefined;
  readonly chunkBytes: number;
  /** A longer line is left out. */
  readonly lineBytesMax: number;
}

export interface TailReading {
  /** Without their line ends. */
  readonly lines: readonly Uint8Array[];
  /** To be kept once the lines are dealt with; absent where there is no file yet. */
  readonly position: TailPosition | undefined;
  /** Whether there was nothing to read now. */
  readonly isAtEnd: boolean;
  /** Lines that were too long, and those that a rotation or a truncation has cut. */
  readonly leftOut: number;
  /** What was not read yet is gone: the file was emptied, or rotated more than once meanwhile. */
  readonly isCut: boolean;
}

/** A line of a log begins with its time: no other file begins like this one. */
const PRINT_BYTES = 256;
const NEWLINE = 0x0a;

/** One file. Calls do not overlap. Each may reject where the file cannot be read; the next one tries again. */
export class FileTail {
  readonly #options: TailOptions;
  #position: TailPosition | undefined;
  #handle: FileHandle | undefined;
  #inode = '';
  /** Where the next bytes are read. */
  #offset = 0;
  /** Of the line that is not whole yet. */
  #pending: Buffer = Buffer.alloc(0);
  /** The rest of a line that is too long is passed over. */
  #isSkipping = false;
  #isFirst: boolean;
  #leftOut = 0;
  #isCut = false;

  constructor(options: TailOptions) {
    this.#options = options;
    this.#position = options.position;
    this.#isFirst = options.position === undefined;
  }

  /** Reads at most a chunk. */
  async read(): Promise<TailReading> {
    const handle = this.#handle ?? (await this.#open());
    if (handle === undefined) return this.#report([], true);
    if (await this.#followTruncation(handle)) return this.#report([], false);
    const chunk = Buffer.alloc(this.#options.chunkBytes);
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, this.#offset);
    if (bytesRead === 0) return this.#report([], !(await this.#followRotation(handle)));
    this.#offset += bytesRead;
    const lines = this.#split(chunk.subarray(0, bytesRead));
    const offset = this.#offset - this.#pending.length;
    this.#position = { inode: this.#inode, offset, print: await printOf(handle, offset) };
    return this.#report(lines, false);
  }

  async close(): Promise<void> {
    await this.#handle?.close();
    this.#handle = undefined;
  }

  #report(lines: readonly Uint8Array[], isAtEnd: boolean): TailReading {
    const leftOut = this.#leftOut;
    const isCut = this.#isCut;
    this.#leftOut = 0;
    this.#isCut = false;
    return { lines, position: this.#position, isAtEnd, leftOut, isCut };
  }

  /** `undefined` where there is no file yet. */
  async #open(): Promise<FileHandle | undefined> {
    const position = this.#position;
    const current = await openIfThere(this.#options.path);
    // Whatever comes from now on is new.
    if (current === undefined) {
      this.#isFirst = false;
      return undefined;
    }
    try {
      if (position === undefined) return await this.#begin(current, this.#isFirst);
      if (await isAt(current, position)) return await this.#resume(current, position);
      const renamed = await this.#findRenamed(position);
      if (renamed === undefined) {
        this.#isCut = true;
        return await this.#begin(current, false);
      }
      await current.close();
      return await this.#resume(renamed, position);
    } catch (fault) {
      await current.close();
      throw fault;
    }
  }

  async #begin(handle: FileHandle, fromEnd: boolean): Promise<FileHandle> {
    const { ino, size } = await handle.stat({ bigint: true });
    const offset = fromEnd ? Number(size) : 0;
    // What is in the file may end within a line, whose rest is none.
    this.#isSkipping = fromEnd && offset > 0 && !(await endsLine(handle, offset));
    this.#isFirst = false;
    return await this.#resume(handle, {
      inode: String(ino),
      offset,
      print: await printOf(handle, offset),
    });
  }

  async #resume(handle: FileHandle, position: TailPosition): Promise<FileHandle> {
    this.#handle = handle;
    this.#inode = position.inode;
    this.#offset = position.offset;
    this.#pending = Buffer.alloc(0);
    this.#position = position;
    return await Promise.resolve(handle);
  }

  /** While this process was away the file was renamed: its rest comes first. */
  async #findRenamed(position: TailPosition): Promise<FileHandle | undefined> {
    const folder = dirname(this.#options.path);
    for (const name of await readdir(folder)) {
      const path = join(folder, name);
      const found = await stat(path, { bigint: true }).catch(() => undefined);
      if (found?.isFile() !== true || String(found.ino) !== position.inode) continue;
      const handle = await openIfThere(path);
      if (handle === undefined) continue;
      if (await isAt(handle, position)) return handle;
      await handle.close();
    }
    return undefined;
  }

  /** Whether the file has become another one, under its name and inode: copied and emptied, or written anew. */
  async #followTruncation(handle: FileHandle): Promise<boolean> {
    const position = this.#position;
    if (position === undefined || (await isAt(handle, position))) return false;
    this.#isCut = true;
    await this.#leave(handle);
    const again = await openIfThere(this.#options.path);
    if (again !== undefined) await this.#begin(again, false);
    return true;
  }

  /** At the end of the file: whether another one has taken its name. */
  async #followRotation(handle: FileHandle): Promise<boolean> {
    const next = await stat(this.#options.path, { bigint: true }).catch(() => undefined);
    if (next === undefined || String(next.ino) === this.#inode) return false;
    const later = await openIfThere(this.#options.path);
    if (later === undefined) return false;
    await this.#leave(handle);
    await this.#begin(later, false);
    return true;
  }

  async #leave(handle: FileHandle): Promise<void> {
    if (this.#pending.length > 0) this.#leftOut += 1;
    this.#isSkipping = false;
    this.#handle = undefined;
    await handle.close();
  }

  #split(chunk: Buffer): readonly Uint8Array[] {
    const lines: Uint8Array[] = [];
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      const rest = chunk.subarray(from, end);
      const line = this.#pending.length === 0 ? rest : Buffer.concat([this.#pending, rest]);
      this.#pending = Buffer.alloc(0);
      if (this.#isSkipping) this.#isSkipping = false;
      else if (line.length > this.#options.lineBytesMax) this.#leftOut += 1;
      else if (line.length > 0) lines.push(line);
      from = end + 1;
    }
    const unfinished = chunk.subarray(from);
    if (this.#isSkipping) return lines;
    this.#pending = Buffer.concat([this.#pending, unfinished]);
    if (this.#pending.length > this.#options.lineBytesMax) {
      this.#pending = Buffer.alloc(0);
      this.#isSkipping = true;
      this.#leftOut += 1;
    }
    return lines;
  }
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (fault) {
    if (errorCode(fault) === 'ENOENT') return undefined;
    throw fault;
  }
}

/** Whether the file is the one that was read so far. */
async function isAt(handle: FileHandle, { inode, offset, print }: TailPosition): Promise<boolean> {
  const { ino, size } = await handle.stat({ bigint: true });
  if (String(ino) !== inode || size < BigInt(offset)) return false;
  return (await printOf(handle, offset)) === print;
}

/** Of the first bytes, as far as they were read: they do not change while the file grows. */
async function printOf(handle: FileHandle, offset: number): Promise<string> {
  const length = Math.min(PRINT_BYTES, offset);
  const bytes = Buffer.alloc(length);
  const { bytesRead } = length === 0 ? { bytesRead: 0 } : await handle.read(bytes, 0, length, 0);
  return createHash('sha256').update(bytes.subarray(0, bytesRead)).digest('hex').slice(0, 32);
}

async function endsLine(handle: FileHandle, offset: number): Promise<boolean> {
  const last = Buffer.alloc(1);
  await handle.read(last, 0, 1, offset - 1);
  return last[0] === NEWLINE;
}
