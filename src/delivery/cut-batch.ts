/** Cuts a sink's pending entries, masked and measured, into batches that fit into one send. */
import type { AuditRecord } from '../audit/audit-record.ts';
import { formatEntryJson } from '../audit/entry-json.ts';
import type { JournalEntry } from '../audit/journal.ts';
import { maskEntry } from './mask-record.ts';

/** An entry to be sent to a sink. */
export interface DueEntry {
  /** As stored in the journal. */
  readonly entry: JournalEntry;
  /** As sent to the sink. */
  readonly masked: JournalEntry;
  /** Its size as JSON. */
  readonly bytes: number;
}

/** The longest prefix within both limits, but at least one entry. */
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

/** The masked entry, with its size. */
export function prepareEntry(
  entry: JournalEntry,
  mask: (record: AuditRecord) => AuditRecord,
): DueEntry {
  const masked = maskEntry(entry, mask);
  return { entry, masked, bytes: Buffer.byteLength(formatEntryJson(masked)) };
}
