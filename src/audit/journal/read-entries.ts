/** Reads entries across segments, concurrently with the writer. Each is checked against its hash: a corrupt entry is not returned. */
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';
import { HoldfastError } from '../../errors.ts';
import { hashEntry } from '../verify/hash-entry.ts';
import type { ReadAsk, StoredEntry, StoredReading } from './journal-messages.ts';
import { listSegments, type SegmentFile } from './segment-files.ts';

/** The most characters that one read returns, so that a backlog does not fill memory. */
const READING_CHARS_MAX = 4 * 1024 * 1024;
/** How long a reader waits for a segment that is being sealed, in milliseconds. */
const BUSY_MS = 2000;

/** Entries after a sequence, in order: at most the requested number, and at least one if there is any. */
export function readEntries(folder: string, ask: ReadAsk): StoredReading {
  const segments = listSegments(folder);
  const entries: StoredEntry[] = [];
  let chars = 0;
  for (const segment of segmentsFrom(segments, ask.afterSequence + 1)) {
    for (const entry of readSegment(segment, ask, ask.entriesMax - entries.length)) {
      entries.push(entry);
      chars += entry.json.length;
      if (chars >= READING_CHARS_MAX) break;
    }
    if (entries.length >= ask.entriesMax || chars >= READING_CHARS_MAX) break;
  }
  return { entries, firstSequence: segments[0]?.firstSequence ?? 1 };
}

/** The segment that contains a sequence, and those after it. */
function segmentsFrom(segments: readonly SegmentFile[], sequence: number): readonly SegmentFile[] {
  const holder = segments.findLastIndex(({ firstSequence }) => firstSequence <= sequence);
  return segments.slice(Math.max(0, holder));
}

function* readSegment(
  { path }: SegmentFile,
  { afterSequence, lastSequence }: ReadAsk,
  entriesMax: number,
): Iterable<StoredEntry> {
  const database = new DatabaseSync(path, { readOnly: true, timeout: BUSY_MS });
  try {
    const chain = textOf(
      database.prepare("SELECT value FROM meta WHERE key = 'chain'").get()?.['value'],
    );
    const rows = database
      .prepare(
        'SELECT sequence, previous_hash, hash, record FROM entries WHERE sequence > ? AND sequence <= ? ORDER BY sequence LIMIT ?',
      )
      .iterate(afterSequence, lastSequence, entriesMax);
    for (const row of rows) {
      const sequence = Number(row['sequence']);
      const hash = textOf(row['hash']);
      const json = textOf(row['record']);
      const previousHash = textOf(row['previous_hash']);
      if (hashEntry({ chain, sequence, previousHash, recordJson: json }) !== hash) {
        throw new HoldfastError(
          'journal_corrupt',
          `Entry ${sequence} of the journal does not match its hash: run holdfast audit verify`,
        );
      }
      yield { sequence, hash, json };
    }
  } finally {
    database.close();
  }
}

function textOf(value: SQLOutputValue | undefined): string {
  return String(value);
}
