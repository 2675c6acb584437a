/**
 * A lock between processes and threads: an exclusive SQLite transaction on a file of its own.
 *
 * The operating system holds it (fcntl(2) byte-range locks), so a process that dies, however it dies, frees it at once, and a file that is
 * left behind means nothing. A lock that is "a file with a process id inside" cannot have this: two waiters that find the same dead
 * holder both remove the file, and the second one removes the first one's lock. The file stays after the release for the same reason:
 * a waiter may have opened it already. It needs a file system with working locks.
 */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import { sqliteErrorCode } from './error-details.ts';

/** SQLITE_BUSY (sqlite.org/rescode.html#busy). */
const BUSY = 5;
const POLL_MS = 100;

export interface LockOptions {
  /** How often a waiter looks again. @default 100 */
  readonly pollMs?: number;
  /** Called once, when somebody else holds the lock: the wait may be long and should not look like a hang. */
  readonly onWait?: () => void;
}

/** Takes the lock and gives the function that releases it; `undefined` where somebody else holds it. */
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

/** Runs `work` while nobody else holds the lock, and waits for as long as somebody does. */
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
  mkdirSync(dirname(lockFile), { recursive: true });
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
