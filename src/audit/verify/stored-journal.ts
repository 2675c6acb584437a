/** The input of a verification: a journal stored in a folder, or in a package for an auditor. */
import type { ChainedEntry, StoredHead } from '../journal/stored-entry.ts';
import type { RemovedSegment, SegmentMeta } from './parse-segment-meta.ts';
import type { ReportFinding } from './verification-finding.ts';

type Rows<Row> = Iterable<Row> | AsyncIterable<Row>;

/** One part of a journal: its entries are contiguous. */
export interface JournalSegment {
  /** Its file name, for findings. */
  readonly name: string;
  readonly meta: SegmentMeta;
  /** Whether another segment follows: then this one must be sealed. */
  readonly isLast: boolean;
  readonly entries: () => Rows<JournalRow>;
  readonly heads: () => Rows<StoredHead>;
  /** Checks everything except the chain, after the entries were read. */
  readonly finish: (report: ReportFinding) => void;
}

export interface JournalRow extends ChainedEntry {
  /** The claimed time of the record. */
  readonly timeMs: number | undefined;
}

export interface StoredJournal {
  /** For messages and reports: a folder, or a part of a package. */
  readonly name: string;
  /** Opened one after the other; each is closed when the next one is requested. */
  readonly segments: (report: ReportFinding) => AsyncIterable<JournalSegment>;
  /** The notes of retention about removed segments, unverified. */
  readonly removed: () => Promise<readonly RemovedSegment[]>;
  /**
   * The sequence at which the first segment may begin without a note of retention: an export begins at the requested
   * entry and says so.
   */
  readonly statedBeginning?: number | undefined;
}
