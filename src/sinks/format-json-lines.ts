/** Entries as lines: one JSON object each, with its place in the chain beside the record. */
import { formatEntryJson } from '../audit/entry-json.ts';
import type { JournalEntry } from '../audit/journal.ts';

/** Every line ends with a newline, the last one too. */
export function formatJsonLines(entries: readonly JournalEntry[]): string {
  return entries.map((entry) => `${formatEntryJson(entry)}\n`).join('');
}
