/** Reads findings about drift from journals: all of them, or those whose object is not what it should be yet. */
import { DRIFT_CODES, DRIFT_REVERTED_CODE } from '../audit/audit-record.ts';
import type { EntryFilter } from '../audit/query/match-entry.ts';
import { searchJournals, type FoundEntry } from '../audit/query/search-journal.ts';
import { auditRecordSchema } from '../audit/record-schema.ts';
import { formatObjectKey } from '../audit/verify/index-record.ts';
import { parseJsonAs } from '../base/parse-json-as.ts';
import type { z } from 'zod';

/** A finding as it was recorded. */
export type DriftRecord = z.output<typeof auditRecordSchema>;

export interface FoundDrift {
  readonly record: DriftRecord;
  readonly entry: FoundEntry;
  /** When its object was what it should be again; absent while it is not. */
  readonly revertedAt?: string | undefined;
}

/** A search reads so many findings of a journal, the newest first. */
const SEARCHED_MAX = 100_000;

/** The newest first. Of one object the newest finding counts, whichever replica recorded it. */
export async function collectDrift(
  folders: readonly string[],
  filter: Omit<EntryFilter, 'code'>,
): Promise<readonly FoundDrift[]> {
  const search = async (codes: readonly string[]): Promise<readonly FoundDrift[]> => {
    const lists = await Promise.all(
      codes.map((code) => readFindings(folders, { ...filter, code })),
    );
    // One list is in order, and several are not.
    return lists.flat().toSorted((left, right) => compareTexts(right, left));
  };
  const found = await search(DRIFT_CODES);
  const reverted = await search([DRIFT_REVERTED_CODE]);
  const ends = new Map<string, string>();
  for (const { record } of reverted) {
    const key = objectOf(record);
    if (!ends.has(key)) ends.set(key, record.time);
  }
  const newest = new Set<string>();
  return found.map((one) => {
    const key = objectOf(one.record);
    const end = ends.get(key);
    // An earlier difference of the same object has become the newer one.
    const next = newest.has(key);
    newest.add(key);
    const isOver = next || (end !== undefined && end >= one.record.time);
    return isOver ? { ...one, revertedAt: end ?? '' } : one;
  });
}

async function readFindings(
  folders: readonly string[],
  filter: EntryFilter,
): Promise<readonly FoundDrift[]> {
  const entries: FoundDrift[] = [];
  for await (const entry of searchJournals(folders, { filter, limit: SEARCHED_MAX })) {
    const record = parseJsonAs(auditRecordSchema, entry.entry.recordJson);
    if (record?.drifted !== undefined) entries.push({ entry, record });
  }
  return entries;
}

/** By the time in RFC 3339, which is in order as text. */
function compareTexts({ record: left }: FoundDrift, { record: right }: FoundDrift): number {
  if (left.time === right.time) return 0;
  return left.time < right.time ? -1 : 1;
}

function objectOf({ cluster, object }: DriftRecord): string {
  return `${cluster}/${formatObjectKey(object)}`;
}
