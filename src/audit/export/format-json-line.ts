/** An entry of a journal and its place, as a line of JSON. */
import { parseRecord } from '../journal/parse-record.ts';
import type { ChainedEntry } from '../journal/stored-entry.ts';
import type { JournalOrigin } from '../query/search-journal.ts';

/** One line of JSON. The record is the text that was hashed, byte for byte. */
export function formatJsonLine(
  entry: ChainedEntry,
  { chain, cluster, replica }: JournalOrigin,
): string {
  const { sequence, hash, previousHash, recordJson } = entry;
  const place = JSON.stringify({ cluster, replica, chain, sequence, hash, previousHash });
  // A malformed record, or one that would break the line, is shown as a string.
  const isLine = parseRecord(recordJson) !== undefined && !recordJson.includes('\n');
  const record = isLine ? recordJson : JSON.stringify(recordJson);
  return `${place.slice(0, -1)},"record":${record}}`;
}
