/**
 * A lock between processes and threads: an exclusive SQLite transaction on a file of its own.
 *
 * The operating system holds it (fcntl(2) byte-range locks), so a process that dies for any reason releases it at once,
 * and a leftover file is harmless. A file with a process id inside cannot guarantee this: two waiters that find the
 * same dead holder both remove the file, and the second one removes the lock of the first. The file stays after the
 * release for the same reason: a waiter may have opened it already. It requires a file system with working locks.
 */
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import { sqliteErrorCode } from './error-details.ts';
import { makeFolder } from './make-folder.ts';

/** SQLITE_BUSY (sqlite.org/rescode.html#busy). */
const BUSY = 5;
const POLL_MS = 100;

export interface LockOptions {
  /** How often a waiter retries. @default 100 */
  readonly pollMs?: number;
  /** Called once if another process holds the lock, so that a long wait does not look like a hang. */
  readonly onWait?: () => void;
}

/** Takes the lock and gives the function that releases it; `undefined` if another process holds it. */
export function tryProcessLock(lockFile: string): (() => void) | undefined {
  const database = openLock(lockFile);
  try {
    if (tryBegin(database)) return () => database.close();
  } catch (fault) {
    database.close();
    throw fault;
  }
  database.close();
  return undefined;
}

/** Acquires the lock, waiting as long as another process holds it, and runs `work`. */
export async function withProcessLock<T>(
  lockFile: string,
  work: () => Promise<T>,
  { pollMs = POLL_MS, onWait }: LockOptions = {},
): Promise<T> {
  const database = openLock(lockFile);
  try {
    if (!tryBegin(database)) {
      onWait?.();
      do await wait(pollMs);
      while (!tryBegin(database));
    }
    return await work();
  } finally {
    database.close();
  }
}

function openLock(lockFile: string): DatabaseSync {
  makeFolder(dirname(lockFile));
  return new DatabaseSync(lockFile, { timeout: 0 });
}

function tryBegin(database: DatabaseSync): boolean {
  try {
    database.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (fault) {
    if (sqliteErrorCode(fault) === BUSY) return false;
    throw fault;
  }
}
