/** Finds the position from which a sink starts or continues. */
import type { Logger } from '../telemetry/logger.ts';
import type { JournalReader, StateStore } from '../audit/journal.ts';
import { readCursor, writeCursor, type Cursor } from './cursor.ts';

export interface StartOptions {
  readonly settings: { readonly name: string; readonly startAt: 'oldest' | 'newest' };
  readonly journal: JournalReader;
  readonly state: StateStore;
  readonly logger: Logger;
}

/** The sink's cursor, stored durably if it had none. */
export async function findStart(options: StartOptions): Promise<Cursor> {
  const { settings, journal, state, logger } = options;
  const kept = await readCursor(state, settings.name);
  if (kept === undefined) {
    const begin =
      settings.startAt === 'newest'
        ? { sequence: journal.lastSequence() }
        : await findOldest(journal);
    await writeCursor(state, settings.name, begin);
    return begin;
  }
  if (await isOfThisJournal(kept, journal)) return kept;
  // A cursor of another journal would silently skip as many records as that journal had.
  logger.error('A sink had its place in another journal: it begins with the oldest record', {
    sink: settings.name,
    sequence: kept.sequence,
    lastSequence: journal.lastSequence(),
  });
  const begin = await findOldest(journal);
  await writeCursor(state, settings.name, begin);
  return begin;
}

async function findOldest(journal: JournalReader): Promise<Cursor> {
  const { firstSequence } = await journal.read({ afterSequence: 0, entriesMax: 1 });
  return { sequence: Math.max(0, firstSequence - 1) };
}

async function isOfThisJournal(cursor: Cursor, journal: JournalReader): Promise<boolean> {
  if (cursor.sequence > journal.lastSequence()) return false;
  if (cursor.hash === undefined) return true;
  const { entries } = await journal.read({
    afterSequence: cursor.sequence - 1,
    entriesMax: 1,
  });
  const [entry] = entries;
  // If retention removed the entry, there is nothing to compare; the gap is reported later.
  return entry?.sequence !== cursor.sequence || entry.hash === cursor.hash;
}
