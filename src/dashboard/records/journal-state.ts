/** What the journal of this replica says of itself: its end, its heads, and how far its sinks are. */
import { openSegment, type SegmentReader } from '../../audit/journal/open-segment.ts';
import { readEntries } from '../../audit/journal/read-entries.ts';
import { readState } from '../../audit/journal/read-state.ts';
import { listSegmentFiles } from '../../audit/journal/segment-files.ts';
import { readUnverifiedHead } from '../../audit/verify/head.ts';
import { errorText } from '../../base/error-details.ts';
import { readCursor } from '../../delivery/cursor.ts';

/** Entries whose hashes are computed again for a page: some milliseconds. */
const CHECKED_ENTRIES = 200;

export interface SinkState {
  readonly name: string;
  /** Entries that it has not finished; absent where it has no cursor yet. */
  readonly behind?: number | undefined;
}

export interface JournalState {
  readonly chain?: string | undefined;
  readonly segments: number;
  readonly firstSequence?: number | undefined;
  readonly lastSequence: number;
  readonly lastHash?: string | undefined;
  readonly lastMs?: number | undefined;
  /** The newest signed head; its signature is not verified here. */
  readonly head?: { readonly sequence: number; readonly time: string } | undefined;
  /** How many of the newest entries match their hashes, or the fault of one that does not. */
  readonly checked: { readonly entries: number } | { readonly fault: string };
  readonly sinks: readonly SinkState[];
}

/** Reads it now. Rejects if the folder cannot be read. */
export async function readJournalState(
  folder: string,
  sinkNames: readonly string[],
): Promise<JournalState> {
  const files = await listSegmentFiles(folder);
  const newest = files.at(-1);
  const opening = newest && (await openSegment(newest));
  const end = opening?.ok === true ? readEnd(opening.segment) : { lastSequence: 0 };
  return {
    segments: files.length,
    firstSequence: files[0]?.firstSequence,
    ...end,
    checked: checkNewest(folder, end.lastSequence),
    sinks: await readSinks(folder, sinkNames, end.lastSequence),
  };
}

type End = Pick<JournalState, 'chain' | 'lastSequence' | 'lastHash' | 'lastMs' | 'head'>;

function readEnd(segment: SegmentReader): End {
  try {
    const lastSequence = segment.lastSequence();
    const [last] = segment.entries({ after: lastSequence - 1, through: lastSequence });
    const headSequence = segment.lastHeadSequence();
    const [stored] = segment.heads({ after: headSequence - 1, through: headSequence });
    const head = stored && readUnverifiedHead(stored.jws)?.head;
    return {
      chain: segment.meta().get('chain'),
      lastSequence,
      lastHash: last?.hash,
      lastMs: last?.index.timeMs,
      head: head && { sequence: head.sequence, time: head.time },
    };
  } finally {
    segment.close();
  }
}

function checkNewest(folder: string, lastSequence: number): JournalState['checked'] {
  try {
    const { entries } = readEntries(folder, {
      afterSequence: Math.max(0, lastSequence - CHECKED_ENTRIES),
      lastSequence,
      entriesMax: CHECKED_ENTRIES,
    });
    return { entries: entries.length };
  } catch (fault) {
    return { fault: errorText(fault) };
  }
}

async function readSinks(
  folder: string,
  names: readonly string[],
  lastSequence: number,
): Promise<readonly SinkState[]> {
  const state = {
    list: (space: string) => Promise.resolve(readState(folder, space)),
  };
  const sinks: SinkState[] = [];
  for (const name of names) {
    const cursor = await readCursor(state, name);
    sinks.push({ name, behind: cursor && Math.max(0, lastSequence - cursor.sequence) });
  }
  return sinks;
}
