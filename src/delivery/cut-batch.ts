/** Entries that a sink is due: masked, measured, and cut into what fits into one send. */
import type { AuditRecord } from '../audit/audit-record.ts';
import { formatEntryJson } from '../audit/entry-json.ts';
import type { JournalEntry } from '../audit/journal.ts';
import { maskEntry } from './mask-record.ts';

/** An entry that a sink is due. */
export interface DueEntry {
  /** As the journal holds it. */
  readonly entry: JournalEntry;
  /** As the sink gets it. */
  readonly masked: JournalEntry;
  /** The size of what it gets, as JSON. */
  readonly bytes: number;
}

/** The longest beginning within both bounds, and never less than one entry. */
export function cutBatch(
  due: readonly DueEntry[],
  { entriesMax, bytesMax }: { readonly entriesMax: number; readonly bytesMax: number },
): readonly DueEntry[] {
  let bytes = 0;
  let count = 0;
  for (const next of due.slice(0, entriesMax)) {
    bytes += next.bytes;
    if (bytes > bytesMax && count > 0) break;
    count += 1;
  }
  return due.slice(0, Math.max(count, 1));
}

/** The entry as the sink gets it, with its size. */
export function prepareEntry(
  entry: JournalEntry,
  mask: (record: AuditRecord) => AuditRecord,
): DueEntry {
  const masked = maskEntry(entry, mask);
  return { entry, masked, bytes: Buffer.byteLength(formatEntryJson(masked)) };
}
