/** The state store of the journal (`StateStore`), in a database of its own. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { WallMs } from '../../base/clock.ts';
import { errorText } from '../../base/error-details.ts';
import { HoldfastError } from '../../errors.ts';
import { confirmDamage, readAgain } from './confirm-damage.ts';
import type { Damage } from './journal-messages.ts';
import { REQUIRE_WRITABLE } from './segment-tables.ts';
import { refuseNewerState, STATE_VERSION } from './journal-version.ts';
import { setAside, STATE_FILE } from './segment-files.ts';

/** Another connection holds the lock for milliseconds, on a stalled disk for seconds. */
const BUSY_MS = 5000;

/** Changes of one space; a value of `undefined` deletes the key. */
export interface StateWrite {
  readonly space: string;
  readonly changes: Readonly<Record<string, string | undefined>>;
}

/** The open database; created if there is none. */
export class StateDatabase {
  readonly #database: DatabaseSync;

  private constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /**
   * Throws `journal_version_newer` for the database of a newer version, and `journal_corrupt` where no new one can be made in place of a damaged one. A damaged database is set aside: cursors and open incidents start from the
   * beginning, so that no entry is skipped.
   */
  static open(
    folder: string,
    nowMs: WallMs,
  ): { readonly state: StateDatabase; readonly damages: readonly Damage[] } {
    const path = join(folder, STATE_FILE);
    try {
      const database = readAgain(path, () => openDatabase(path));
      return { state: new StateDatabase(database), damages: [] };
    } catch (fault) {
      if (!confirmDamage(fault, path)) throw fault;
      const damage = { file: setAside(folder, path, nowMs), reason: errorText(fault) };
      return { state: new StateDatabase(beginAnew(path, damage)), damages: [damage] };
    }
  }

  list(space: string): ReadonlyMap<string, string> {
    const rows = this.#database.prepare('SELECT key, value FROM state WHERE space = ?').all(space);
    return new Map(rows.map(({ key, value }) => [String(key), String(value)]));
  }

  /** Applies all changes of all writes atomically and in order, with one flush; durable on return. */
  write(...writes: readonly StateWrite[]): void {
    const put = this.#database.prepare(
      'INSERT OR REPLACE INTO state (space, key, value) VALUES (?, ?, ?)',
    );
    const remove = this.#database.prepare('DELETE FROM state WHERE space = ? AND key = ?');
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const rows = writes.flatMap(({ space, changes }) =>
        Object.entries(changes).map(([key, value]) => ({ space, key, value })),
      );
      for (const { space, key, value } of rows) {
        if (value === undefined) remove.run(space, key);
        else put.run(space, key, value);
      }
      this.#database.exec('COMMIT');
    } catch (fault) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw fault;
    }
  }

  close(): void {
    this.#database.close();
  }
}

/** Who ends here must say what was put aside: the next start finds a folder without a state, and nothing that is wrong. */
function beginAnew(path: string, { file, reason }: Damage): DatabaseSync {
  try {
    return openDatabase(path);
  } catch (cause) {
    throw new HoldfastError(
      'journal_corrupt',
      `The state of the journal is damaged (${reason}) and was set aside as ${file}; a new one cannot be made: ${errorText(cause)}`,
      { cause },
    );
  }
}

function openDatabase(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: BUSY_MS });
  try {
    const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
    if (version > STATE_VERSION) throw refuseNewerState(path, version);
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    database.exec(
      'CREATE TABLE IF NOT EXISTS state (space TEXT, key TEXT, value TEXT, PRIMARY KEY (space, key)) WITHOUT ROWID',
    );
    if (version < STATE_VERSION) database.exec(`PRAGMA user_version = ${STATE_VERSION}`);
    database.exec(REQUIRE_WRITABLE);
    return database;
  } catch (fault) {
    database.close();
    throw fault;
  }
}
