/** One writer for each folder. The lock is the operating system's: a process that dies, however it dies, lets go of it. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { HoldfastError } from '../../errors.ts';

/** SQLITE_BUSY. */
const BUSY = 5;

/** Takes the lock of a folder for as long as the returned function is not called; throws `journal_locked` where it is taken. */
export function lockJournal(folder: string): () => void {
  const database = new DatabaseSync(join(folder, 'lock.sqlite'), { timeout: 0 });
  try {
    database.exec('PRAGMA journal_mode = DELETE; PRAGMA locking_mode = EXCLUSIVE');
    database.exec('BEGIN EXCLUSIVE');
  } catch (fault) {
    database.close();
    if (isBusy(fault)) {
      throw new HoldfastError(
        'journal_locked',
        `Another process writes to the journal "${folder}": give each replica a folder of its own`,
      );
    }
    throw fault;
  }
  return () => {
    database.close();
  };
}

function isBusy(fault: unknown): boolean {
  return fault instanceof Error && Reflect.get(fault, 'errcode') === BUSY;
}
