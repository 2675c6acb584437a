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

/** A long log takes a thousand reads: on a disk on which one of them fails, the next look may meet another one. */
const LOOKS_MAX = 3;

/**
 * Reads a database, and again where it seems to be damaged: a read that failed once looks like damage, too. Throws what
 * the last one has thrown.
 */
export function readAgain<Result>(path: string, read: () => Result): Result {
  for (let looks = 1; ; looks += 1) {
    try {
      return read();
    } catch (fault) {
      if (looks === LOOKS_MAX || !confirmDamage(fault, path)) throw fault;
    }
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
