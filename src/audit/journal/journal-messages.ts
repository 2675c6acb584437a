/** The messages between the journal and its threads. */
import type { RemovalReason } from './plan-retention.ts';
import type { PendingEntry, SavedFolds } from './segment.ts';
import type { JournalOptions } from '../settings.ts';

/** The location and the settings of the journal. */
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

/** A database that was damaged when the journal was opened, and the name under which it was set aside. */
export interface Damage {
  readonly file: string;
  readonly reason: string;
}

/** Entries of the journal that no chain has any more. */
export interface LostEntries {
  readonly firstSequence: number;
  /** Absent if nobody knows how many they are. */
  readonly lastSequence?: number;
  /** The segment that had them, as it was set aside; absent if they are in no file. */
  readonly file?: string;
  readonly reason: string;
}

/** How the journal stands. */
export interface JournalState {
  readonly lastSequence: number;
  readonly bytes: number;
  readonly segments: number;
  /** Damaged databases that are still in the folder. */
  readonly setAside: number;
  /** Those found since the last answer. */
  readonly damages: readonly Damage[];
  /** Found since the last answer; the new chain begins with a record of them. */
  readonly lost: readonly LostEntries[];
}

export interface AppendedBatch {
  readonly chain: string;
  /** The sequence of the batch's first record; the others follow. Summaries of open folds have none. */
  readonly firstSequence: number;
  readonly hashes: readonly string[];
  readonly commitMs: number;
  /** By how much the batch's time is before that of an earlier entry; 0 if it is not. */
  readonly clockBackMs: number;
}

/** A journal that was just opened. */
export interface OpenedJournal extends JournalState {
  /** The summaries of open folds that a killed process left. */
  readonly folds: SavedFolds;
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

/** `acknowledged`: the newest entry that a writer thread before this one has acknowledged; 0 at the start. */
export interface OpenAsk extends JournalStoreOptions {
  readonly acknowledged: number;
}

/** The calls of the writer thread. */
export interface WriterCalls {
  readonly open: { readonly ask: OpenAsk; readonly answer: OpenedJournal };
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
  /** The newest durable entry, and the limit of the read. */
  readonly lastSequence: number;
}

/** The calls of the checkpoint thread, which must never delay a record. */
export interface CheckpointCalls {
  readonly open: { readonly ask: { readonly folder: string }; readonly answer: undefined };
  /** Checkpoints the log of the open segment, concurrently with the writer. */
  readonly checkpoint: { readonly ask: undefined; readonly answer: undefined };
  readonly close: { readonly ask: undefined; readonly answer: undefined };
}
