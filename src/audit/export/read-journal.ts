/** Every entry of journals in the order of each chain, filtered, one segment after the other. */
import { existsSync } from 'node:fs';
import { HoldfastError } from '../../errors.ts';
import type { EntryFilter } from '../query/match-entry.ts';
import { matchEntry } from '../query/match-entry.ts';
import { originOf, type FoundEntry } from '../query/search-journal.ts';
import { openSegment, type SegmentReader } from '../journal/open-segment.ts';
import { parseRecord } from '../journal/parse-record.ts';
import { listSegmentFiles } from '../journal/segment-files.ts';

/** The segments of a folder that contain entries of a time range, each open while it is read. */
export async function* readSegments(
  folder: string,
  { sinceMs, untilMs }: Pick<EntryFilter, 'sinceMs' | 'untilMs'>,
): AsyncGenerator<SegmentReader> {
  for (const file of await listSegmentFiles(folder)) {
    const opening = await openSegment(file);
    if (!opening.ok) {
      // Retention may have removed it since the folder was listed.
      if (!existsSync(file.path)) continue;
      const message = `The segment "${file.name}" cannot be read: ${opening.reason}`;
      throw new HoldfastError('journal_unreadable', message);
    }
    try {
      const { firstMs, lastMs } = opening.segment.times();
      const isBefore = sinceMs !== undefined && lastMs !== undefined && lastMs < sinceMs;
      const isAfter = untilMs !== undefined && firstMs !== undefined && firstMs >= untilMs;
      if (!isBefore && !isAfter) yield opening.segment;
    } finally {
      opening.segment.close();
    }
  }
}

/** The matching entries, the oldest first; one journal after the other. */
export async function* readJournals(
  folders: readonly string[],
  filter: EntryFilter,
): AsyncGenerator<FoundEntry> {
  for (const folder of folders) {
    for await (const segment of readSegments(folder, filter)) yield* readMatching(segment, filter);
  }
}

function* readMatching(segment: SegmentReader, filter: EntryFilter): Generator<FoundEntry> {
  const origin = originOf(segment.meta());
  for (const entry of segment.entries({ after: -1, through: segment.lastSequence() })) {
    const record = parseRecord(entry.recordJson);
    // An unreadable record is exported: omitting it would help an attacker who damaged it.
    if (record === undefined || matchEntry(record, filter)) yield { origin, entry };
  }
}
