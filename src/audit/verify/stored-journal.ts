/** The input of a verification: a journal stored in a folder, or in a package for an auditor. */
import type { ChainedEntry, StoredHead } from '../journal/stored-entry.ts';
import type { RemovedSegment, SegmentMeta } from './parse-segment-meta.ts';
import type { ReportFinding } from './verification-finding.ts';

type Rows<Row> = Iterable<Row> | AsyncIterable<Row>;

/** One part of a journal: its entries follow each other without a gap. */
export interface JournalSegment {
  /** The name of its file, for findings. */
  readonly name: string;
  readonly meta: SegmentMeta;
  /** Whether entries follow in another segment: then this one must be sealed. */
  readonly isLast: boolean;
  readonly entries: () => Rows<JournalRow>;
  readonly heads: () => Rows<StoredHead>;
  /** Checks everything but the chain, after the entries were read. */
  readonly finish: (report: ReportFinding) => void;
}

export interface JournalRow extends ChainedEntry {
  /** When it was recorded, as it claims. */
  readonly timeMs: number | undefined;
}

export interface StoredJournal {
  /** For messages and reports: a folder, or a part of a package. */
  readonly name: string;
  /** Opened one after the other; each is closed when the next is asked for. */
  readonly segments: (report: ReportFinding) => AsyncIterable<JournalSegment>;
  /** What retention says it removed, unproven. */
  readonly removed: () => Promise<readonly RemovedSegment[]>;
  /**
   * Where the first segment may begin without a note of retention: an export begins where it was asked to, and says so.
   */
  readonly statedBeginning?: number | undefined;
}
