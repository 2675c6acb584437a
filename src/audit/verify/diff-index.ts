/** Whether the columns by which a record is found say what the record says: else it could be hidden, or shown as another. */
import { indexColumnsOf, parseRecord, type StoredRecord } from '../journal/parse-record.ts';
import type { IndexColumns, StoredEntry } from '../journal/stored-entry.ts';

const COLUMNS: readonly (readonly [keyof IndexColumns, string])[] = [
  ['timeMs', 'time_ms'],
  ['decisionId', 'decision_id'],
  ['username', 'username'],
  ['namespace', 'namespace'],
  ['object', 'object'],
  ['allowed', 'allowed'],
  ['code', 'code'],
];

export interface IndexDiff {
  /** Absent where the record itself cannot be read. */
  readonly record?: StoredRecord;
  readonly columns: readonly string[];
}

/** The columns that disagree with the record. */
export function diffIndex({ recordJson, index }: StoredEntry): IndexDiff {
  const record = parseRecord(recordJson);
  if (record === undefined) return { columns: [] };
  const expected = indexColumnsOf(record);
  const columns = COLUMNS.filter(([key]) => index[key] !== expected[key]).map(([, name]) => name);
  return { record, columns };
}
