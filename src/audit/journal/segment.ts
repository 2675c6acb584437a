/**
 * One segment of the journal: a SQLite database that only grows, until it is sealed.
 *
 * While it is written it is in WAL mode with synchronous FULL: a commit returns only after the data is on disk.
 */
import { chmodSync, rmSync, statSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { WallMs } from '../../base/clock.ts';
import { FIRST_PREVIOUS_HASH, hashEntry } from '../verify/hash-entry.ts';
import type { RecordIndex } from '../verify/index-record.ts';
import { SEGMENT_FORMAT } from './journal-version.ts';
import {
  FOLDS_TABLE,
  INSERT_ENTRY,
  INSERT_HEAD,
  INSERT_POLICY,
  REMOVE_FOLD,
  REQUIRE_WRITABLE,
  SAVE_FOLD,
  SEGMENT_TABLES,
  WRITE_META,
} from './segment-tables.ts';

/** The position from which a chain continues. */
export interface ChainPosition {
  /** A ULID, created once for each chain. */
  readonly chain: string;
  readonly lastSequence: number;
  readonly lastHash: string;
}

export interface SegmentOrigin {
  readonly cluster: string;
  readonly replica: string;
  readonly nowMs: WallMs;
}

/** A record to be written to the chain, or the summary of an open fold to be saved beside it. */
export type PendingEntry = PendingRecord | PendingFold;

export interface PendingRecord {
  readonly json: string;
  readonly index: RecordIndex;
  /** The key of the saved summary that the record stands in place of. */
  readonly fold?: string | undefined;
}

export interface PendingFold {
  readonly json: string;
  readonly index?: undefined;
  readonly fold: string;
}

/** Saved summaries, as JSON by key. */
export type SavedFolds = ReadonlyMap<string, string>;

/** A head as it is stored. */
export interface StoredHead {
  readonly sequence: number;
  readonly timeMs: number;
  readonly jws: string;
}

const READ_ONLY = 0o440;
const OWN = 0o600;
/** How long a writer waits for a reader that holds a lock, in milliseconds. */
const BUSY_MS = 500;
/**
 * 64 MiB of log: a checkpoint would delay a commit, so the checkpoint thread makes it; this limit is the last
 * resort.
 */
const CHECKPOINT_PAGES = 16_384;

/** The start of a new chain, after the last sequence that was ever used in the folder. */
export function beginChain(chain: string, lastSequence: number): ChainPosition {
  return { chain, lastSequence, lastHash: FIRST_PREVIOUS_HASH };
}

/** What a new segment begins with. */
export interface NewSegment extends SegmentOrigin {
  readonly folds: SavedFolds;
  /** Its first entries, in the same transaction. */
  readonly first: readonly PendingRecord[];
}

/** Creates a segment that continues from a position, atomically and durably; returns its end. */
export function createSegment(
  path: string,
  position: ChainPosition,
  { cluster, replica, nowMs, folds, first }: NewSegment,
): ChainPosition {
  const { chain, lastSequence, lastHash } = position;
  const database = openForWriting(path);
  try {
    chmodSync(path, OWN);
    database.exec('BEGIN IMMEDIATE');
    database.exec(SEGMENT_TABLES);
    const writeMeta = database.prepare(WRITE_META);
    const meta = {
      format: String(SEGMENT_FORMAT),
      chain,
      cluster,
      replica,
      first_sequence: String(lastSequence + 1),
      first_previous_hash: lastHash,
      created: new Date(nowMs).toISOString(),
      sealed: '0',
    };
    for (const [key, value] of Object.entries(meta)) writeMeta.run(key, value);
    database.exec(FOLDS_TABLE);
    const saveFold = database.prepare(SAVE_FOLD);
    for (const [key, summary] of folds) saveFold.run(key, summary);
    const { end } = insertEntries(prepareEntries(database), position, first);
    database.exec('COMMIT');
    return end;
  } finally {
    database.close();
  }
}

/** Opens for appending. The caller must have checked the segment (`check-segment.ts`). */
export function openForWriting(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: BUSY_MS, enableForeignKeyConstraints: false });
  try {
    database.exec(
      `PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}; ${REQUIRE_WRITABLE}`,
    );
    return database;
  } catch (fault) {
    database.close();
    throw fault;
  }
}

/** The open segment: appends entries and heads, and seals. */
export class Segment {
  readonly path: string;
  readonly firstSequence: number;
  readonly createdAtMs: number;
  readonly #database: DatabaseSync;
  readonly #statements: EntryStatements;
  readonly #pageSize: number;
  #position: ChainPosition;

  constructor(
    path: string,
    position: ChainPosition,
    {
      firstSequence,
      createdAtMs,
    }: { readonly firstSequence: number; readonly createdAtMs: number },
  ) {
    this.path = path;
    this.firstSequence = firstSequence;
    this.createdAtMs = createdAtMs;
    this.#position = position;
    this.#database = openForWriting(path);
    this.#database.exec(FOLDS_TABLE);
    this.#statements = prepareEntries(this.#database);
    this.#pageSize = this.#readNumber('PRAGMA page_size', 'page_size');
  }

  get position(): ChainPosition {
    return this.#position;
  }

  /** The size of the database in bytes, without the write-ahead log. */
  get bytes(): number {
    return this.#pageSize * this.#readNumber('PRAGMA page_count', 'page_count');
  }

  /** The saved summaries of open folds. */
  get folds(): SavedFolds {
    return selectFolds(this.#database);
  }

  /** Writes a batch atomically and durably; returns the hash of each record of the chain. */
  append(entries: readonly PendingEntry[]): readonly string[] {
    let written: WrittenEntries = { end: this.#position, hashes: [] };
    this.#transact(() => {
      written = insertEntries(this.#statements, this.#position, entries);
    });
    this.#position = written.end;
    return written.hashes;
  }

  writeHead({ sequence, timeMs, jws }: StoredHead): void {
    this.#transact(() => {
      this.#database.prepare(INSERT_HEAD).run(sequence, timeMs, jws);
    });
  }

  /** Writes the final end of the segment. Nothing is appended afterwards. */
  seal({ sequence, timeMs, jws }: StoredHead): void {
    const { lastSequence, lastHash } = this.#position;
    this.#transact(() => {
      this.#database.prepare(INSERT_HEAD).run(sequence, timeMs, jws);
      const writeMeta = this.#database.prepare(WRITE_META);
      writeMeta.run('last_sequence', String(lastSequence));
      writeMeta.run('last_hash', lastHash);
      writeMeta.run('sealed', '1');
    });
  }

  /** Tests whether writing works again, with a commit to the disk that changes nothing. */
  probe(): void {
    this.#transact(() => {
      this.#database.prepare(WRITE_META).run('format', String(SEGMENT_FORMAT));
    });
  }

  /** Whether the last entry is the one that `append` has written last. */
  endsAsWritten(): boolean {
    const { lastSequence, lastHash } = this.#position;
    const last = this.#database
      .prepare('SELECT sequence, hash FROM entries ORDER BY sequence DESC LIMIT 1')
      .get();
    if (last === undefined) return lastSequence < this.firstSequence;
    return last['sequence'] === lastSequence && last['hash'] === lastHash;
  }

  /**
   * Writes all of the log into the database, with a flush of its own, and begins the log anew: no entry then depends on
   * what a failed flush left of it. False while a reader prevents it.
   */
  emptyLog(): boolean {
    return this.#readNumber('PRAGMA wal_checkpoint(TRUNCATE)', 'busy') === 0;
  }

  close(): void {
    this.#database.close();
  }

  #transact(work: () => void): void {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      work();
      this.#database.exec('COMMIT');
    } catch (fault) {
      this.#rollBack();
      throw fault;
    }
  }

  #rollBack(): void {
    try {
      this.#database.exec('ROLLBACK');
    } catch {
      // SQLite has already rolled back, for example because the disk is full.
    }
  }

  #readNumber(statement: string, column: string): number {
    const value = this.#database.prepare(statement).get()?.[column];
    return typeof value === 'number' ? value : 0;
  }
}

interface EntryStatements {
  readonly insertEntry: StatementSync;
  readonly insertPolicy: StatementSync;
  readonly saveFold: StatementSync;
  readonly removeFold: StatementSync;
}

function prepareEntries(database: DatabaseSync): EntryStatements {
  return {
    insertEntry: database.prepare(INSERT_ENTRY),
    insertPolicy: database.prepare(INSERT_POLICY),
    saveFold: database.prepare(SAVE_FOLD),
    removeFold: database.prepare(REMOVE_FOLD),
  };
}

interface WrittenEntries {
  readonly end: ChainPosition;
  /** Of each record of the chain. */
  readonly hashes: readonly string[];
}

function insertEntries(
  statements: EntryStatements,
  { chain, ...begin }: ChainPosition,
  entries: readonly PendingEntry[],
): WrittenEntries {
  const hashes: string[] = [];
  let { lastSequence, lastHash } = begin;
  for (const entry of entries) {
    if (entry.index === undefined) {
      statements.saveFold.run(entry.fold, entry.json);
      continue;
    }
    if (entry.fold !== undefined) statements.removeFold.run(entry.fold);
    const previousHash = lastHash;
    lastSequence += 1;
    lastHash = hashEntry({ chain, sequence: lastSequence, previousHash, recordJson: entry.json });
    insertRecord(statements, entry, { sequence: lastSequence, previousHash, hash: lastHash });
    hashes.push(lastHash);
  }
  return { end: { chain, lastSequence, lastHash }, hashes };
}

function insertRecord(
  { insertEntry, insertPolicy }: EntryStatements,
  { json, index }: PendingRecord,
  place: { readonly sequence: number; readonly previousHash: string; readonly hash: string },
): void {
  const { sequence, previousHash, hash } = place;
  const { timeMs, decisionId, username, namespace, object, allowed, code, policies } = index;
  const found = [decisionId, username, namespace, object, allowed, code];
  insertEntry.run(sequence, timeMs, previousHash, hash, json, ...found);
  for (const policy of policies) insertPolicy.run(policy, sequence);
}

/** The saved summaries of a segment that is not written any more; none if an earlier version has written it. */
export function readFolds(path: string): SavedFolds {
  const database = new DatabaseSync(path, { timeout: BUSY_MS, readOnly: true });
  try {
    const table = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'folds'").get();
    return table === undefined ? new Map() : selectFolds(database);
  } finally {
    database.close();
  }
}

function selectFolds(database: DatabaseSync): SavedFolds {
  const rows = database.prepare('SELECT key, summary FROM folds ORDER BY key').all();
  return new Map(rows.map(({ key, summary }) => [String(key), String(summary)]));
}

/** Removes an incomplete, empty segment after a crash. */
export function removeSegment(path: string): void {
  for (const ending of ['', '-wal', '-shm', '-journal']) rmSync(path + ending, { force: true });
}

/** Whether a sealed segment is one plain, read-only file. */
export function isFinished(path: string): boolean {
  return (statSync(path).mode & 0o222) === 0;
}

/**
 * Converts a sealed segment into one plain file without a write-ahead log, readable on read-only media. False while a
 * reader blocks it: retry later.
 */
export function finishSegment(path: string): boolean {
  let database: DatabaseSync | undefined;
  try {
    chmodSync(path, OWN);
    database = new DatabaseSync(path, { timeout: BUSY_MS });
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    const mode = database.prepare('PRAGMA journal_mode = DELETE').get()?.['journal_mode'];
    if (mode !== 'delete') return false;
    chmodSync(path, READ_ONLY);
    return true;
  } catch {
    return false;
  } finally {
    database?.close();
  }
}
