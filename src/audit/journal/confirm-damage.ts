/**
 * SQLite reports a page that the kernel could not read (EIO) as a corrupt one: SQLITE_IOERR_CORRUPTFS becomes
 * SQLITE_CORRUPT when a statement ends with it (sqlite.org, vdbe.c). So damage is believed only of a file that can be
 * read from its first byte to its last.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { classifyFault } from './classify-fault.ts';

/** Any size: it is read and forgotten. */
const CHUNK_BYTES = 1024 * 1024;

/** Whether the fault says that the file is damaged, and its bytes can be read. */
export function confirmDamage(fault: unknown, path: string): boolean {
  if (classifyFault(fault) !== 'damaged') return false;
  try {
    readThrough(path);
    return true;
  } catch {
    return false;
  }
}

/**
 * Reads a database, and a second time where the first one says that it is damaged: a read that failed once looks like
 * damage, too. Throws what the second one has thrown.
 */
export function readTwice<Result>(path: string, read: () => Result): Result {
  try {
    return read();
  } catch (fault) {
    if (!confirmDamage(fault, path)) throw fault;
    return read();
  }
}

/** Reads every byte of a database and of its log. Throws as the file system does. */
export function readThrough(path: string): void {
  readFileThrough(path);
  try {
    readFileThrough(`${path}-wal`);
  } catch (fault) {
    if (Reflect.get(Object(fault), 'code') !== 'ENOENT') throw fault;
  }
}

function readFileThrough(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    while (readSync(descriptor, chunk) > 0);
  } finally {
    closeSync(descriptor);
  }
}
