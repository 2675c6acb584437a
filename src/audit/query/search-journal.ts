/** Searches the segments of journals, the newest first, by their indexes. */
import { existsSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { HoldfastError } from '../../errors.ts';
import {
  describeFault,
  openSegment,
  readEntry,
  type SegmentReader,
} from '../journal/open-segment.ts';
import { listSegmentFiles } from '../journal/segment-files.ts';
import type { StoredEntry } from '../journal/stored-entry.ts';
import { parseRecord } from '../journal/parse-record.ts';
import { FOLDED_OBJECTS } from '../verify/index-record.ts';
import { matchEntry, type EntryFilter } from './match-entry.ts';
import { findObjectRanges } from './find-object-ranges.ts';
import { planSearch, type SegmentFilter } from './plan-search.ts';

/** One a minute for each actor and code: a segment of a day with more is searched at its newer end. */
const FOLDED_SEARCHED_MAX = 20_000;

/** The location of an entry. */
export interface JournalOrigin {
  readonly chain: string;
  readonly cluster: string;
  readonly replica: string;
}

export interface FoundEntry {
  readonly origin: JournalOrigin;
  readonly entry: StoredEntry;
}

export interface JournalSearch {
  readonly filter: EntryFilter;
  /** The maximum number of results. */
  readonly limit: number;
  /** For pages: only entries before this one, which only makes sense for one journal. */
  readonly beforeSequence?: number | undefined;
  /** Ends the search before the next segment. */
  readonly signal?: AbortSignal | undefined;
}

/** The newest matching entries of several journals, merged by time. */
export async function* searchJournals(
  folders: readonly string[],
  search: JournalSearch,
): AsyncGenerator<FoundEntry> {
  const streams = folders.map((folder) => searchJournal(folder, search));
  const fronts = await Promise.all(streams.map(async (stream) => (await stream.next()).value));
  for (let count = 0; count < search.limit; count += 1) {
    const newest = indexOfNewest(fronts);
    const found = fronts[newest];
    if (found === undefined) return;
    yield found;
    fronts[newest] = (await streams[newest]?.next())?.value;
  }
}

function indexOfNewest(fronts: readonly (FoundEntry | undefined)[]): number {
  let newest = -1;
  for (const [index, front] of fronts.entries()) {
    if (front !== undefined && (newest === -1 || timeOf(front) > timeOf(fronts[newest]))) {
      newest = index;
    }
  }
  return newest;
}

function timeOf(found: FoundEntry | undefined): number {
  return found?.entry.index.timeMs ?? 0;
}

/** One journal: one segment is open at a time, and only while it is searched. */
async function* searchJournal(
  folder: string,
  { limit, signal, ...search }: JournalSearch,
): AsyncGenerator<FoundEntry, undefined> {
  const { beforeSequence = Number.MAX_SAFE_INTEGER } = search;
  const files = await listSegmentFiles(folder);
  let left = limit;
  for (const file of files.toReversed()) {
    if (left <= 0 || signal?.aborted === true) return undefined;
    if (file.firstSequence >= beforeSequence) continue;
    const opening = await openSegment(file);
    // Retention may have removed it since the folder was listed.
    if (!opening.ok && !existsSync(file.path)) continue;
    if (!opening.ok) throw unreadable(file.name, opening.reason);
    const found = readClosing(opening.segment, { ...search, limit: left });
    left -= found.length;
    yield* found;
  }
  return undefined;
}

function readClosing(segment: SegmentReader, search: JournalSearch): readonly FoundEntry[] {
  try {
    return searchSegment(segment, search);
  } catch (error) {
    throw unreadable(segment.file.name, describeFault(error));
  } finally {
    segment.close();
  }
}

/** The newest matching entries of one segment. */
export function searchSegment(
  { database, meta }: Pick<SegmentReader, 'database' | 'meta'>,
  { filter, limit, beforeSequence }: JournalSearch,
): readonly FoundEntry[] {
  const origin = originOf(meta());
  const { object } = filter;
  const ranges = object === undefined ? [undefined] : findObjectRanges(database, object);
  const filters = variantsOf({ ...filter, beforeSequence });
  const sequences = ranges.flatMap((range) =>
    filters.flatMap((variant) => {
      const { sql, parameters } = planSearch(variant, range, limit);
      return database
        .prepare(sql)
        .all(...parameters)
        .map((row) => Number(row['sequence']));
    }),
  );
  const folded = findFolded(database, { filter, limit, beforeSequence });
  // The newest entries of each range include the newest of all.
  const newest =
    ranges.length * filters.length > 1 || folded.length > 0
      ? [...new Set([...sequences, ...folded])].toSorted((a, b) => b - a)
      : sequences;
  return newest.slice(0, limit).flatMap((sequence) => {
    const entry = readEntry(database, sequence);
    return entry === undefined ? [] : [{ origin, entry }];
  });
}

/** A code is looked for among the answers, and among the denials that only the mode of their policies prevented. */
function variantsOf(filter: SegmentFilter): readonly SegmentFilter[] {
  const { code, decision, ...rest } = filter;
  if (code === undefined || decision === 'denied') return [filter];
  return [filter, { ...rest, decision, wouldDenyCode: code }];
}

/** Records of counted refusals are not indexed by each user and object: each of them is looked at, the newest first. */
function findFolded(
  database: DatabaseSync,
  { filter, limit, beforeSequence }: JournalSearch,
): readonly number[] {
  const { username, namespace, object, ...rest } = filter;
  if (username === undefined && namespace === undefined && object === undefined) return [];
  const { sql, parameters } = planSearch(
    { ...rest, beforeSequence },
    { exact: FOLDED_OBJECTS },
    FOLDED_SEARCHED_MAX,
  );
  return database
    .prepare(sql)
    .all(...parameters)
    .map((row) => Number(row['sequence']))
    .filter((sequence) => {
      const record = parseRecord(readEntry(database, sequence)?.recordJson ?? '');
      return record !== undefined && matchEntry(record, filter);
    })
    .slice(0, limit);
}

/** The owner of the journal, from the segment's metadata. */
export function originOf(meta: ReadonlyMap<string, string>): JournalOrigin {
  return {
    chain: meta.get('chain') ?? '',
    cluster: meta.get('cluster') ?? '',
    replica: meta.get('replica') ?? '',
  };
}

function unreadable(name: string, reason: string): HoldfastError {
  const message = `The segment "${name}" cannot be searched: ${reason}`;
  return new HoldfastError('journal_unreadable', message);
}
