/** The tables of a segment. Their schema is `format` 1, on which readers of a journal may rely. */

/** Written once, when a segment is created. */
export const SEGMENT_TABLES = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE entries (
  sequence INTEGER PRIMARY KEY,
  time_ms INTEGER NOT NULL,
  previous_hash TEXT NOT NULL,
  hash TEXT NOT NULL,
  record TEXT NOT NULL,
  decision_id TEXT,
  username TEXT,
  namespace TEXT,
  object TEXT,
  allowed INTEGER,
  code TEXT
);
CREATE INDEX entries_object ON entries (object, sequence);
CREATE INDEX entries_username ON entries (username, sequence);
CREATE INDEX entries_time ON entries (time_ms);
CREATE INDEX entries_namespace ON entries (namespace, sequence);
CREATE INDEX entries_code ON entries (code);
CREATE INDEX entries_decision ON entries (decision_id);
CREATE TABLE entry_policies (
  policy TEXT,
  sequence INTEGER,
  PRIMARY KEY (policy, sequence)
) WITHOUT ROWID;
CREATE TABLE heads (sequence INTEGER PRIMARY KEY, time_ms INTEGER NOT NULL, jws TEXT NOT NULL);
`;

/**
 * Summaries of open folds, as records: not part of the chain, and of the newest segment only. A segment of an earlier
 * version has no such table.
 */
export const FOLDS_TABLE =
  'CREATE TABLE IF NOT EXISTS folds (key TEXT PRIMARY KEY, summary TEXT NOT NULL)';

/** One summary, in place of an earlier one with the same key. */
export const SAVE_FOLD = 'INSERT OR REPLACE INTO folds (key, summary) VALUES (?, ?)';

/** The record of a fold is in the chain. */
export const REMOVE_FOLD = 'DELETE FROM folds WHERE key = ?';

/** One entry, every column. */
export const INSERT_ENTRY = `INSERT INTO entries
  (sequence, time_ms, previous_hash, hash, record, decision_id, username, namespace, object, allowed, code)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** One policy that did not pass. */
export const INSERT_POLICY =
  'INSERT OR IGNORE INTO entry_policies (policy, sequence) VALUES (?, ?)';

/** A head; the sealing head replaces an earlier head of the same entry. */
export const INSERT_HEAD = 'INSERT OR REPLACE INTO heads (sequence, time_ms, jws) VALUES (?, ?, ?)';

/** One key of the segment's description. */
export const WRITE_META = 'INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)';

/**
 * A file that cannot be opened for writing just now (EMFILE, EIO), SQLite opens for reading, and says so at the first write
 * (sqlite.org, os_unix.c): a connection that is kept for as long as the process must not be such a one.
 */
export const REQUIRE_WRITABLE = 'BEGIN IMMEDIATE; ROLLBACK';
