/**
 * One segment, read-only: also while a writer has it open, and also in a read-only folder.
 *
 * An attacker may have created the file: its schema cannot run code, the types of every row are checked, and an
 * oversized record is not loaded. Readers use short transactions, so that they delay neither the writer's checkpoints
 * nor the sealing of the segment.
 */
import { existsSync, statSync } from 'node:fs';
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { errorText } from '../../base/error-details.ts';
import { systemWait } from '../../base/wait.ts';
import type { SegmentFile } from './segment-files.ts';
import type { StoredEntry, StoredHead } from './stored-entry.ts';

/** Above the largest value of audit.journal.recordBytesMax. */
const RECORD_BYTES_MAX = 2 * 1024 * 1024;
const HEAD_BYTES_MAX = 64 * 1024;
/** Rows per read transaction: a millisecond, and bounded memory even if each record has the maximum size. */
const PAGE_ROWS = 128;
/** Longer than sealing holds the lock. */
const BUSY_TIMEOUT_MS = 5_000;
/** Two seconds in total: a healthy disk creates the tables in milliseconds. */
const EMPTY_ATTEMPTS_MAX = 40;
const EMPTY_DELAY_MS = 50;
const INTEGRITY_LINES_MAX = 20;
const META_ROWS_MAX = 100;
const COLUMNS = `sequence, time_ms, previous_hash, hash, decision_id, username, namespace, object, allowed, code,
  CASE WHEN octet_length(record) <= ${RECORD_BYTES_MAX} THEN record END AS record`;
const TABLES = ['meta', 'entries', 'entry_policies', 'heads'];

/** A row of `entry_policies`. */
export interface PolicyRow {
  readonly policy: string;
  readonly sequence: number;
}

export interface SegmentReader {
  readonly file: SegmentFile;
  readonly database: DatabaseSync;
  readonly meta: () => ReadonlyMap<string, string>;
  /** The last entry; one less than the first if there is none. */
  readonly lastSequence: () => number;
  /** When its first and its last entry were recorded, by the index on time; absent if there is none. */
  readonly times: () => {
    readonly firstMs?: number | undefined;
    readonly lastMs?: number | undefined;
  };
  /** The last entry with a stored head; 0 if there is no head. */
  readonly lastHeadSequence: () => number;
  /** Entries after the first number, up to and including the second, in order. */
  readonly entries: (range: SequenceRange) => Generator<StoredEntry>;
  readonly heads: (range: SequenceRange) => Generator<StoredHead>;
  /** By policy, then by sequence. */
  readonly policies: (throughSequence: number) => Generator<PolicyRow>;
  /** Damage that SQLite reports, including an index with missing rows; empty if there is none. */
  readonly damages: () => readonly string[];
  readonly close: () => void;
}

export interface SequenceRange {
  readonly after: number;
  readonly through: number;
}

export type SegmentOpening =
  | { readonly ok: true; readonly segment: SegmentReader }
  | {
      readonly ok: false;
      /** One line for a person. */
      readonly reason: string;
      /** The file is empty: a writer has just created it, or somebody emptied it. */
      readonly isEmpty?: boolean;
    };

/** Opens a segment; waits for a writer that is just creating it. */
export async function openSegment(file: SegmentFile): Promise<SegmentOpening> {
  const signal = new AbortController().signal;
  for (let attempt = 1; ; attempt += 1) {
    const opening = tryToOpen(file);
    if (opening.ok || opening.isEmpty !== true || attempt >= EMPTY_ATTEMPTS_MAX) return opening;
    await systemWait(EMPTY_DELAY_MS, signal);
  }
}

function tryToOpen(file: SegmentFile): SegmentOpening {
  let database: DatabaseSync | undefined;
  try {
    database = openDatabase(file.path);
    const missing = findMissingTable(database);
    if (missing === undefined) return { ok: true, segment: createReader(file, database) };
    const tables = database.prepare('SELECT count(*) AS count FROM sqlite_schema').get();
    database.close();
    return tables?.['count'] === 0
      ? { ok: false, reason: 'it is empty', isEmpty: true }
      : { ok: false, reason: `it has no table "${missing}"` };
  } catch (error) {
    database?.close();
    return { ok: false, reason: describeFault(error) };
  }
}

/** The message of SQLite as one line. */
export function describeFault(error: unknown): string {
  const text = errorText(error);
  return text.split('\n', 1)[0] ?? text;
}

function openDatabase(path: string): DatabaseSync {
  try {
    return prepareDatabase(new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS }));
  } catch (error) {
    // In a read-only folder SQLite cannot create its shared memory file; without a write-ahead log it needs
    // none.
    if (!canBeImmutable(path)) throw error;
    const url = pathToFileURL(path);
    url.searchParams.set('immutable', '1');
    return prepareDatabase(new DatabaseSync(url, { readOnly: true }));
  }
}

function canBeImmutable(path: string): boolean {
  const log = `${path}-wal`;
  return existsSync(path) && (!existsSync(log) || statSync(log).size === 0);
}

function prepareDatabase(database: DatabaseSync): DatabaseSync {
  try {
    // The schema comes from the file: it must not be able to call functions with side effects.
    database.exec('PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON');
    database.prepare('SELECT count(*) FROM sqlite_schema').get();
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** A view in place of a table could show different rows to each reader. */
function findMissingTable(database: DatabaseSync): string | undefined {
  const statement = database.prepare(
    "SELECT 1 FROM sqlite_schema WHERE name = ? AND type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'",
  );
  return TABLES.find((name) => statement.get(name) === undefined);
}

function createReader(file: SegmentFile, database: DatabaseSync): SegmentReader {
  return {
    file,
    database,
    meta: () => readMeta(database),
    lastSequence: () => readMaximum(database, 'entries') ?? file.firstSequence - 1,
    lastHeadSequence: () => readMaximum(database, 'heads') ?? 0,
    times: () => {
      const row = database
        .prepare(
          'SELECT (SELECT min(time_ms) FROM entries) AS first, (SELECT max(time_ms) FROM entries) AS last',
        )
        .get();
      return { firstMs: numberOf(row?.['first']), lastMs: numberOf(row?.['last']) };
    },
    entries: (range) => readEntries(database, range),
    heads: (range) => readHeads(database, range),
    policies: (throughSequence) => readPolicies(database, throughSequence),
    damages: () =>
      database
        .prepare(`PRAGMA integrity_check(${INTEGRITY_LINES_MAX})`)
        .all()
        .map((row) => textOf(row['integrity_check']) ?? '')
        .filter((line) => line !== 'ok'),
    close: () => database.close(),
  };
}

function readMaximum(database: DatabaseSync, table: 'entries' | 'heads'): number | undefined {
  return numberOf(database.prepare(`SELECT max(sequence) AS last FROM ${table}`).get()?.['last']);
}

function readMeta(database: DatabaseSync): ReadonlyMap<string, string> {
  const rows = database.prepare(`SELECT key, value FROM meta LIMIT ${META_ROWS_MAX}`).all();
  return new Map(rows.map((row) => [textOf(row['key']) ?? '', textOf(row['value']) ?? '']));
}

function* readEntries(database: DatabaseSync, range: SequenceRange): Generator<StoredEntry> {
  const statement = database.prepare(
    `SELECT ${COLUMNS}
     FROM entries WHERE sequence > ? AND sequence <= ? ORDER BY sequence LIMIT ${PAGE_ROWS}`,
  );
  yield* readPages(range, (after) => statement.all(after, range.through).map(parseEntry));
}

function* readHeads(database: DatabaseSync, range: SequenceRange): Generator<StoredHead> {
  const statement = database.prepare(
    `SELECT sequence, time_ms, CASE WHEN octet_length(jws) <= ${HEAD_BYTES_MAX} THEN jws END AS jws
     FROM heads WHERE sequence > ? AND sequence <= ? ORDER BY sequence LIMIT ${PAGE_ROWS}`,
  );
  yield* readPages(range, (after) =>
    statement.all(after, range.through).map((row) => ({
      sequence: Number(row['sequence']),
      timeMs: numberOf(row['time_ms']),
      jws: textOf(row['jws']) ?? '',
    })),
  );
}

/** Page by page, each in its own transaction. */
function* readPages<Row extends { readonly sequence: number }>(
  { after }: SequenceRange,
  read: (after: number) => readonly Row[],
): Generator<Row> {
  let last = after;
  for (;;) {
    const rows = read(last);
    yield* rows;
    if (rows.length < PAGE_ROWS) return;
    last = rows.at(-1)?.sequence ?? last;
  }
}

function* readPolicies(database: DatabaseSync, throughSequence: number): Generator<PolicyRow> {
  const statement = database.prepare(
    `SELECT policy, sequence FROM entry_policies
     WHERE (policy, sequence) > (?, ?) AND sequence <= ? AND typeof(policy) = 'text' ORDER BY policy, sequence LIMIT ${PAGE_ROWS}`,
  );
  let last: PolicyRow = { policy: '', sequence: -1 };
  for (;;) {
    const rows = statement.all(last.policy, last.sequence, throughSequence).map((row) => ({
      policy: textOf(row['policy']) ?? '',
      sequence: Number(row['sequence']),
    }));
    yield* rows;
    if (rows.length < PAGE_ROWS) return;
    last = rows.at(-1) ?? last;
  }
}

/** One entry; `undefined` if there is none. */
export function readEntry(database: DatabaseSync, sequence: number): StoredEntry | undefined {
  const row = database.prepare(`SELECT ${COLUMNS} FROM entries WHERE sequence = ?`).get(sequence);
  return row && parseEntry(row);
}

function parseEntry(row: Readonly<Record<string, SQLOutputValue>>): StoredEntry {
  const allowed = numberOf(row['allowed']);
  return {
    sequence: Number(row['sequence']),
    previousHash: textOf(row['previous_hash']) ?? '',
    hash: textOf(row['hash']) ?? '',
    recordJson: textOf(row['record']) ?? '',
    index: {
      timeMs: numberOf(row['time_ms']),
      decisionId: textOf(row['decision_id']),
      username: textOf(row['username']),
      namespace: textOf(row['namespace']),
      object: textOf(row['object']),
      allowed: allowed === undefined ? undefined : allowed === 1,
      code: textOf(row['code']),
    },
  };
}

function textOf(value: SQLOutputValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function numberOf(value: SQLOutputValue | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
