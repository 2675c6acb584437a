/**
 * JSON lines in a file. A batch counts as delivered after fsync. The file may be renamed or removed at any time, as
 * logrotate does: the next batch goes into a new one.
 */
import { constants } from 'node:fs';
import { open, rename, stat, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { formatJsonLines } from '../../audit/entry-json.ts';
import type { JournalEntry } from '../../audit/journal.ts';
import { errorCode } from '../../base/error-details.ts';
import { makeFolder } from '../../base/make-folder.ts';
import type { Sink, SinkOutcome } from '../../delivery/sink.ts';
import type { FileSinkSettings } from './settings.ts';

/** Records name people and objects: no other user of this machine may read them. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;
const { O_APPEND, O_CREAT, O_RDWR, O_NOFOLLOW } = constants;

/** Nothing is opened before the first batch: a missing folder may still be mounted. */
export class FileSink implements Sink {
  readonly name: string;
  readonly #settings: FileSinkSettings;
  #handle: FileHandle | undefined;
  /** One after the other: an aborted send may still be writing. */
  #writing: Promise<unknown> = Promise.resolve();

  constructor(settings: FileSinkSettings) {
    this.name = settings.name;
    this.#settings = settings;
  }

  send(entries: readonly JournalEntry[]): Promise<SinkOutcome> {
    const sending = this.#writing.then(() => this.#attempt(entries));
    this.#writing = sending;
    return sending;
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#release();
  }

  async #attempt(entries: readonly JournalEntry[]): Promise<SinkOutcome> {
    const bytes = Buffer.from(formatJsonLines(entries));
    try {
      await this.#write(bytes);
      return { status: 'delivered' };
    } catch (error) {
      await this.#release();
      return { status: 'retry', reason: `The file cannot be written: ${describe(error)}` };
    }
  }

  async #write(bytes: Buffer): Promise<void> {
    let handle = await this.#open();
    let { size } = await handle.stat();
    if (size > 0 && size + bytes.length > this.#settings.rotation.bytesMax) {
      await this.#rotate();
      handle = await this.#open();
      ({ size } = await handle.stat());
    }
    // A crash or a full disk can leave an incomplete line; the next line must not be appended to it.
    const start =
      size > 0 && !(await endsWithNewline(handle, size)) ? Buffer.from('\n') : undefined;
    try {
      await handle.appendFile(start === undefined ? bytes : Buffer.concat([start, bytes]));
      await handle.datasync();
    } catch (error) {
      // A partial batch, possibly with an incomplete last line: it is written again completely.
      await handle.truncate(size).catch(() => {});
      throw error;
    }
  }

  /** The open file if its name still refers to it, otherwise a new one. */
  async #open(): Promise<FileHandle> {
    const { file } = this.#settings;
    if (this.#handle !== undefined && (await isAt(this.#handle, file))) return this.#handle;
    await this.#release();
    makeFolder(dirname(file), { mode: FOLDER_MODE });
    // A symlink in place of the file could redirect our records, or our writes, anywhere.
    this.#handle = await open(file, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW, FILE_MODE);
    await syncFolder(dirname(file));
    return this.#handle;
  }

  async #rotate(): Promise<void> {
    await this.#release();
    const { file, rotation } = this.#settings;
    for (const { from, to } of planRotation(file, rotation.filesMax)) await renameIfThere(from, to);
  }

  async #release(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close().catch(() => {});
  }
}

async function isAt(handle: FileHandle, file: string): Promise<boolean> {
  try {
    const [opened, named] = await Promise.all([handle.stat(), stat(file)]);
    return opened.ino === named.ino && opened.dev === named.dev;
  } catch {
    return false;
  }
}

async function endsWithNewline(handle: FileHandle, size: number): Promise<boolean> {
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer.toString() === '\n';
}

// If a crash loses the directory entry, the records are lost too.
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function renameIfThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!(errorCode(error) === 'ENOENT')) throw error;
  }
}

const WORDS: ReadonlyMap<string, string> = new Map([
  ['ENOSPC', 'the disk is full'],
  ['EACCES', 'it does not belong to our user'],
  ['EPERM', 'it does not belong to our user'],
  ['EROFS', 'the file system is read-only'],
  ['ELOOP', 'it is a symbolic link, and links are not followed'],
  ['EISDIR', 'it is a folder'],
]);

function describe(error: unknown): string {
  const code = errorCode(error) ?? String(error);
  return WORDS.get(code) ?? code;
}

export interface Rename {
  readonly from: string;
  readonly to: string;
}

/**
 * The oldest first, so that no rename overwrites a file that is not renamed yet. The first rename replaces
 * the oldest file.
 */
export function planRotation(file: string, filesMax: number): readonly Rename[] {
  return Array.from({ length: filesMax }, (_, index) => {
    const number = filesMax - index;
    return { from: number === 1 ? file : `${file}.${number - 1}`, to: `${file}.${number}` };
  });
}
