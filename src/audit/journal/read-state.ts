/** Reads the state beside a journal that another thread or process owns. Nothing is written, and nothing is made. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { errorText } from '../../base/error-details.ts';
import { HoldfastError } from '../../errors.ts';
import { STATE_FILE } from './segment-files.ts';

/** As long as its owner waits for another connection. */
const BUSY_MS = 5000;

/** The keys of a space; empty where there is no state yet. Throws `journal_unreadable`. */
export function readState(folder: string, space: string): ReadonlyMap<string, string> {
  const path = join(folder, STATE_FILE);
  if (!existsSync(path)) return new Map();
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { readOnly: true, timeout: BUSY_MS });
    database.exec('PRAGMA trusted_schema = OFF');
    const rows = database.prepare('SELECT key, value FROM state WHERE space = ?').all(space);
    return new Map(rows.map(({ key, value }) => [String(key), String(value)]));
  } catch (cause) {
    throw new HoldfastError(
      'journal_unreadable',
      `The state of the journal cannot be read: ${errorText(cause)}`,
      { cause },
    );
  } finally {
    database?.close();
  }
}
