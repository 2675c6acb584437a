/** What the journal's threads are asked, and what they answer. */
import type { RemovalReason } from './plan-retention.ts';
import type { PendingEntry } from './segment.ts';
import type { JournalOptions } from '../settings.ts';

/** Where the journal is and how it is kept. */
export type JournalStoreOptions = Pick<
  JournalOptions,
  | 'folder'
  | 'cluster'
  | 'replica'
  | 'headKeyFile'
  | 'headIntervalMs'
  | 'segmentBytesMax'
  | 'segmentAgeMs'
  | 'journalBytesMax'
  | 'retentionMs'
>;

/** A database that was damaged when the journal was opened, and under which name it was put away. */
export interface Damage {
  readonly file: string;
  readonly reason: string;
}

/** How the journal stands. */
export interface JournalState {
  readonly lastSequence: number;
  readonly bytes: number;
  readonly segments: number;
  /** Damaged databases that are still in the folder. */
  readonly setAside: number;
  /** Those that were found since the last answer. */
  readonly damages: readonly Damage[];
}

export interface AppendedBatch {
  readonly chain: string;
  /** Of the batch's first entry; the others follow. */
  readonly firstSequence: number;
  readonly hashes: readonly string[];
  readonly commitMs: number;
  /** By how much the batch's time lies before an entry that was recorded earlier; 0 where it does not. */
  readonly clockBackMs: number;
}

export interface RemovedSegment {
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly reason: RemovalReason;
}

export interface Maintained extends JournalState {
  readonly removed: readonly RemovedSegment[];
  readonly headsSigned: number;
}

/** The calls of the writing thread. */
export interface WriterCalls {
  readonly open: { readonly ask: JournalStoreOptions; readonly answer: JournalState };
  readonly append: { readonly ask: readonly PendingEntry[]; readonly answer: AppendedBatch };
  readonly maintain: { readonly ask: { readonly keepFrom: number }; readonly answer: Maintained };
  readonly close: { readonly ask: undefined; readonly answer: undefined };
}

/** An entry as it is stored. */
export interface StoredEntry {
  readonly sequence: number;
  readonly hash: string;
  readonly json: string;
}

export interface StoredReading {
  readonly entries: readonly StoredEntry[];
  readonly firstSequence: number;
}

export interface ReadAsk {
  readonly afterSequence: number;
  readonly entriesMax: number;
  /** Nothing newer is read: what is durable now. */
  readonly lastSequence: number;
}

/** The calls of the thread beside it, which must never make a record wait. */
export interface CheckpointCalls {
  readonly open: { readonly ask: { readonly folder: string }; readonly answer: undefined };
  /** Moves the log of the open segment into its database, beside the writer. */
  readonly checkpoint: { readonly ask: undefined; readonly answer: undefined };
  readonly close: { readonly ask: undefined; readonly answer: undefined };
}
