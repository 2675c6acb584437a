/** Writes the records of journals for other programs: JSON lines, or comma separated values. */
import { closeSync, openSync, writeSync } from 'node:fs';
import type { EntryFilter } from '../query/match-entry.ts';
import { formatCsvHead, formatCsvRow } from './format-csv.ts';
import { formatJsonLine } from './format-json-line.ts';
import { readJournals } from './read-journal.ts';

const OWN = 0o600;

export interface RecordsExport {
  /** The journals, one for each replica. */
  readonly folders: readonly string[];
  readonly filter: EntryFilter;
  readonly format: 'jsonl' | 'csv';
  /** A file that must not exist yet; or a function that takes each line, without its end. */
  readonly target: string | ((line: string) => void);
}

/** The number of records, the oldest first. Throws if the file exists or cannot be written. */
export async function writeRecords({
  folders,
  filter,
  format,
  target,
}: RecordsExport): Promise<number> {
  if (typeof target !== 'string') return writeLines({ folders, filter, format }, target);
  const descriptor = openSync(target, 'wx', OWN);
  const end = format === 'csv' ? '\r\n' : '\n';
  try {
    return await writeLines({ folders, filter, format }, (line) => {
      writeSync(descriptor, `${line}${end}`);
    });
  } finally {
    closeSync(descriptor);
  }
}

async function writeLines(
  { folders, filter, format }: Omit<RecordsExport, 'target'>,
  write: (line: string) => void,
): Promise<number> {
  if (format === 'csv') write(formatCsvHead());
  let count = 0;
  for await (const found of readJournals(folders, filter)) {
    write(format === 'csv' ? formatCsvRow(found) : formatJsonLine(found.entry, found.origin));
    count += 1;
  }
  return count;
}
