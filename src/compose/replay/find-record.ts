/** Finds the record of a decision in journals and files of records. */
import { statSync } from 'node:fs';
import { searchJournals } from '../../audit/query/search-journal.ts';
import { parseReplayRecord, type ReplayedRecord } from './parse-replay-line.ts';
import { readReplayItems, type ReplayFile } from './read-replay-items.ts';

/** A decision has one record, and a summary each minute while refusals like it are counted. */
const RECORDS_MAX = 100;

/** The one that holds what the policies were given, else the first that is found. Throws where a source cannot be read. */
export async function findRecord(
  sources: readonly ReplayFile[],
  decisionId: string,
): Promise<ReplayedRecord | undefined> {
  let first: ReplayedRecord | undefined;
  for (const source of sources) {
    for await (const record of findIn(source, decisionId)) {
      if (record.input !== undefined) return record;
      first ??= record;
    }
  }
  return first;
}

async function* findIn(source: ReplayFile, decisionId: string): AsyncGenerator<ReplayedRecord> {
  // A journal has an index of them; a file is read through.
  if (statSync(source.path, { throwIfNoEntry: false })?.isDirectory() === true) {
    const search = { filter: { decisionId }, limit: RECORDS_MAX };
    for await (const { entry } of searchJournals([source.path], search)) {
      const record = parseReplayRecord(entry.recordJson);
      if (record !== undefined) yield record;
    }
    return;
  }
  for await (const item of readReplayItems([source], { decisionId })) {
    if (item.kind === 'record') yield item.record;
  }
}
