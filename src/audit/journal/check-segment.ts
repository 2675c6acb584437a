/** Decides whether a segment can be appended to. A chain that is or may be broken is never appended to. */
import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { errorText } from '../../base/error-details.ts';
import { classifyFault, classifySqliteCode } from './classify-fault.ts';
import { readThrough } from './confirm-damage.ts';
import { FIRST_PREVIOUS_HASH, hashEntry } from '../verify/hash-entry.ts';
import { isNewerFormat, refuseNewerSegment, SEGMENT_FORMAT } from './journal-version.ts';
import type { ChainPosition } from './segment.ts';

export type SegmentState =
  /** The process crashed between creating the file and filling it: it contains no records. */
  | { readonly status: 'unmade' }
  | { readonly status: 'damaged'; readonly reason: string; readonly lastSequence: number }
  | {
      readonly status: 'sound';
      readonly sealed: boolean;
      readonly firstSequence: number;
      readonly createdAtMs: number;
      readonly firstPreviousHash: string;
      readonly position: ChainPosition;
      /** The newest entry that a signed head covers; 0 if there is none. */
      readonly lastHeadSequence: number;
      /** When the newest entry was recorded; when the segment was created if it has none. */
      readonly lastTimeMs: number;
    };

/**
 * The number of entries whose hashes are computed again at open; `holdfast audit verify` computes all of
 * them.
 */
const CHECKED_ENTRIES_MAX = 20_000;

/** What SQLite writes at the beginning of a write-ahead log (sqlite.org/fileformat2.html, section 4.1). */
const LOG_HEADER_BYTES = 32;
/** `PRAGMA quick_check` reports a page that it could not read as text, with the result code. */
const UNREAD_PAGE = /error code=(?<code>\d+)/u;

/**
 * Reads a segment's state and verifies the hashes at the end of its chain. With `thorough`, SQLite also
 * checks its pages. Throws if the segment could not be read: that says nothing about what it holds; and
 * `journal_version_newer` for the segment of a newer version.
 */
export function checkSegment(path: string, options: CheckOptions): SegmentState {
  const first = checkOnce(path, options);
  if (first.status !== 'damaged') return first;
  // A read that failed once looks like damage, too: the file is read through, and looked at again.
  readThrough(path);
  return checkOnce(path, options);
}

interface CheckOptions {
  readonly thorough: boolean;
}

function checkOnce(path: string, { thorough }: CheckOptions): SegmentState {
  if (statSync(path).size === 0) return describeEmpty(path);
  let database: DatabaseSync | undefined;
  try {
    // Not read-only: the first connection after a crash recovers the write-ahead log.
    database = new DatabaseSync(path, { timeout: 5000 });
    return readState(database, { path, thorough });
  } catch (fault) {
    if (classifyFault(fault) !== 'damaged') throw fault;
    return { status: 'damaged', reason: errorText(fault), lastSequence: 0 };
  } finally {
    database?.close();
  }
}

/** SQLite writes the file before its log, so an empty file beside a log was emptied: SQLite would delete the log. */
function describeEmpty(path: string): SegmentState {
  const log = statSync(`${path}-wal`, { throwIfNoEntry: false });
  if (log === undefined || log.size <= LOG_HEADER_BYTES) return { status: 'unmade' };
  return { status: 'damaged', reason: 'it is empty, but its log is not', lastSequence: 0 };
}

/** The format of a segment that a newer version of Holdfast wrote; `undefined` for every other file. It changes nothing. */
export function readNewerFormat(path: string): string | undefined {
  // SQLite deletes the log beside a file that is empty.
  if (statSync(path).size === 0) return undefined;
  let database: DatabaseSync | undefined;
  try {
    // Read-only, and the meta alone: the other tables may have another form, too. Another connection holds a lock for milliseconds.
    database = new DatabaseSync(path, { timeout: 5000, readOnly: true });
    const format = readMeta(database).get('format');
    return isNewerFormat(format) ? format : undefined;
  } catch {
    // What cannot be read at all is judged with the other damages.
    return undefined;
  } finally {
    database?.close();
  }
}

function readState(
  database: DatabaseSync,
  { path, thorough }: { readonly path: string; readonly thorough: boolean },
): SegmentState {
  const tables = database.prepare('SELECT count(*) AS tables FROM sqlite_master').get();
  if (tables?.['tables'] === 0) return { status: 'unmade' };
  const meta = readMeta(database);
  const format = meta.get('format');
  if (format !== undefined && isNewerFormat(format)) throw refuseNewerSegment(path, format);
  const last = readLast(database);
  const firstSequence = Number(meta.get('first_sequence'));
  const lastSequence = last?.sequence ?? firstSequence - 1;
  const reason =
    findBadMeta(meta) ??
    (thorough ? findBadPages(database) : undefined) ??
    findBrokenLink(database, { meta, firstSequence, thorough });
  if (reason !== undefined) return { status: 'damaged', reason, lastSequence };

  const createdAtMs = Date.parse(meta.get('created') ?? '');
  const firstPreviousHash = meta.get('first_previous_hash') ?? FIRST_PREVIOUS_HASH;
  const head = database.prepare('SELECT max(sequence) AS sequence FROM heads').get();
  return {
    status: 'sound',
    sealed: meta.get('sealed') === '1',
    firstSequence,
    createdAtMs: Number.isNaN(createdAtMs) ? 0 : createdAtMs,
    firstPreviousHash,
    position: {
      chain: meta.get('chain') ?? '',
      lastSequence,
      lastHash: last?.hash ?? firstPreviousHash,
    },
    lastHeadSequence: numberOf(head?.['sequence']),
    lastTimeMs: last?.timeMs ?? createdAtMs,
  };
}

function readMeta(database: DatabaseSync): ReadonlyMap<string, string> {
  const rows = database.prepare('SELECT key, value FROM meta').all();
  return new Map(rows.map(({ key, value }) => [textOf(key), textOf(value)]));
}

function readLast(
  database: DatabaseSync,
): { readonly sequence: number; readonly hash: string; readonly timeMs: number } | undefined {
  const row = database
    .prepare('SELECT sequence, hash, time_ms FROM entries ORDER BY sequence DESC LIMIT 1')
    .get();
  return (
    row && {
      sequence: numberOf(row['sequence']),
      hash: textOf(row['hash']),
      timeMs: numberOf(row['time_ms']),
    }
  );
}

function findBadMeta(meta: ReadonlyMap<string, string>): string | undefined {
  if (meta.get('format') !== String(SEGMENT_FORMAT)) return `its format is not ${SEGMENT_FORMAT}`;
  if ((meta.get('chain') ?? '') === '') return 'it names no chain';
  const firstSequence = Number(meta.get('first_sequence'));
  if (!Number.isSafeInteger(firstSequence) || firstSequence < 1) return 'it names no first entry';
  return undefined;
}

function findBadPages(database: DatabaseSync): string | undefined {
  const found = textOf(database.prepare('PRAGMA quick_check(1)').get()?.['quick_check']);
  if (found === 'ok') return undefined;
  const code = UNREAD_PAGE.exec(found)?.groups?.['code'];
  if (code !== undefined && classifySqliteCode(Number(code)) !== 'damaged') {
    throw new UnreadPage(found, Number(code));
  }
  return found;
}

/** In the form of an error of `node:sqlite`. */
class UnreadPage extends Error {
  readonly errcode: number;

  constructor(message: string, errcode: number) {
    super(message);
    this.errcode = errcode;
  }
}

interface Links {
  readonly meta: ReadonlyMap<string, string>;
  readonly firstSequence: number;
  readonly thorough: boolean;
}

function findBrokenLink(
  database: DatabaseSync,
  { meta, firstSequence, thorough }: Links,
): string | undefined {
  const chain = meta.get('chain') ?? '';
  const rows = database
    .prepare(
      'SELECT sequence, previous_hash, hash, record FROM entries ORDER BY sequence DESC LIMIT ?',
    )
    .iterate(thorough ? CHECKED_ENTRIES_MAX : 1);
  let next: { readonly sequence: number; readonly previousHash: string } | undefined;
  for (const row of rows) {
    const sequence = numberOf(row['sequence']);
    const hash = textOf(row['hash']);
    const previousHash = textOf(row['previous_hash']);
    if (next !== undefined && sequence !== next.sequence - 1) {
      return `the entry before ${next.sequence} is missing`;
    }
    if (next !== undefined && hash !== next.previousHash) {
      return `entry ${next.sequence} does not follow entry ${sequence}`;
    }
    const recordJson = textOf(row['record']);
    if (hashEntry({ chain, sequence, previousHash, recordJson }) !== hash) {
      return `entry ${sequence} does not match its hash`;
    }
    if (sequence === firstSequence && previousHash !== meta.get('first_previous_hash')) {
      return `entry ${sequence} does not follow the segment before`;
    }
    next = { sequence, previousHash };
  }
  return undefined;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
