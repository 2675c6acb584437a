/** Journal entries to JSON text and back. */
import type { AuditRecord } from './audit-record.ts';
import type { JournalEntry } from './journal.ts';

/** An entry of a record that was not read from the journal, or that a mask has changed. */
export function makeEntry(sequence: number, hash: string, record: AuditRecord): JournalEntry {
  return { sequence, hash, record, recordJson: JSON.stringify(record) };
}

/**
 * `{"sequence", "hash", "record"}`: the format of an entry in sinks and dead letters. The record is not
 * parsed.
 */
export function formatEntryJson({ sequence, hash, recordJson }: JournalEntry): string {
  return `{"sequence":${sequence},"hash":${JSON.stringify(hash)},"record":${recordJson}}`;
}

/** Entries as lines: one JSON object each. Every line ends with a newline, the last one too. */
export function formatJsonLines(entries: readonly JournalEntry[]): string {
  return entries.map((entry) => `${formatEntryJson(entry)}\n`).join('');
}
