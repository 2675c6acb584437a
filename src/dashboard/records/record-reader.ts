/** Reads the journal of this replica for a viewer: what they may not see is not there. */
import { auditRecordSchema } from '../../audit/record-schema.ts';
import { parseRecord, type StoredRecord } from '../../audit/journal/parse-record.ts';
import { readEntries } from '../../audit/journal/read-entries.ts';
import { listSegmentFiles } from '../../audit/journal/segment-files.ts';
import { searchJournals } from '../../audit/query/search-journal.ts';
import type { EntryFilter } from '../../audit/query/match-entry.ts';
import { parseJsonAs } from '../../base/parse-json-as.ts';
import type { NamespaceAccess } from '../access/namespace-access.ts';
import type { Viewer } from '../access/viewer.ts';
import { DASHBOARD_LIMITS } from '../settings.ts';
import { formatAttempt, type AttemptLine } from './format-attempt.ts';
import type { FullRecord } from './full-record.ts';

const PAGE_RECORDS_MAX = DASHBOARD_LIMITS['dashboard.pageRecordsMax'].default;
const SCANNED_MAX = DASHBOARD_LIMITS['dashboard.scannedRecordsMax'].default;
const SEARCH_MS = DASHBOARD_LIMITS['dashboard.searchMs'].default;
/** A decision has a record, and one for each part of the refusals that were counted after it. */
const DECISION_RECORDS_MAX = 50;

export interface ListAsk {
  readonly viewer: Viewer;
  readonly filter: EntryFilter;
  readonly before?: number | undefined;
}

export interface RecordPage {
  readonly lines: readonly AttemptLine[];
  /** The page of older records begins before this entry; absent where there are none. */
  readonly olderBefore?: number | undefined;
  /** The search took too long, and older segments were not looked at. */
  readonly isCutOff: boolean;
}

/** A record of a decision, whole. */
export interface FoundRecord {
  readonly sequence: number;
  readonly hash: string;
  readonly stored: StoredRecord;
  /** Absent where its form is not that of this version. */
  readonly full?: FullRecord | undefined;
}

/** Reads by indexes, and only what is asked for. */
export class RecordReader {
  readonly #folder: string;
  readonly #access: NamespaceAccess;

  constructor(folder: string, access: NamespaceAccess) {
    this.#folder = folder;
    this.#access = access;
  }

  /** The newest records that match and that the viewer may see. Rejects with a `HoldfastError`. */
  async list({ viewer, filter, before }: ListAsk): Promise<RecordPage> {
    const signal = AbortSignal.timeout(SEARCH_MS);
    const lines: AttemptLine[] = [];
    const maySeeAll = await this.#access.maySeeAll(viewer);
    const limit = maySeeAll ? PAGE_RECORDS_MAX + 1 : SCANNED_MAX;
    const beforeSequence = before ?? Number.MAX_SAFE_INTEGER;
    let scanned = 0;
    let last: number | undefined;
    for await (const { entry } of searchJournals([this.#folder], {
      filter,
      limit,
      beforeSequence,
      signal,
    })) {
      if (lines.length === PAGE_RECORDS_MAX) return { lines, olderBefore: last, isCutOff: false };
      scanned += 1;
      last = entry.sequence;
      const stored = parseRecord(entry.recordJson);
      // What cannot be read is for `audit verify`.
      if (stored === undefined) continue;
      if (maySeeAll || (await this.#access.maySee(viewer, stored.object.namespace))) {
        lines.push(formatAttempt(entry.sequence, stored));
      }
    }
    return {
      lines,
      olderBefore: scanned === limit ? last : undefined,
      isCutOff: signal.aborted,
    };
  }

  /** The records of a decision that the viewer may see, the oldest first. Rejects with a `HoldfastError`. */
  async decision(viewer: Viewer, decisionId: string): Promise<readonly FoundRecord[]> {
    const found: FoundRecord[] = [];
    for await (const { entry } of searchJournals([this.#folder], {
      filter: { decisionId },
      limit: DECISION_RECORDS_MAX,
    })) {
      const { sequence, hash, recordJson } = entry;
      const stored = parseRecord(recordJson);
      if (stored === undefined) continue;
      if (!(await this.#access.maySee(viewer, stored.object.namespace))) continue;
      const full = parseJsonAs(auditRecordSchema, recordJson);
      found.push({ sequence, hash, stored, full });
    }
    return found.toReversed();
  }

  /** Entries in the order in which they were written, whoever may see them. Throws `journal_corrupt`. */
  since(afterSequence: number, throughSequence: number, entriesMax: number): readonly NewEntry[] {
    const { entries } = readEntries(this.#folder, {
      afterSequence,
      lastSequence: throughSequence,
      entriesMax,
    });
    return entries.map(({ sequence, json }) => ({ sequence, record: parseRecord(json) }));
  }

  /** The first entry that is still kept; absent where nothing was written. */
  async firstSequence(): Promise<number | undefined> {
    return (await listSegmentFiles(this.#folder))[0]?.firstSequence;
  }
}

export interface NewEntry {
  readonly sequence: number;
  /** Absent where it is no record. */
  readonly record: StoredRecord | undefined;
}
