/**
 * The port of the journal: stores records durably and in order, and reads them. `compose/` binds the
 * implementation in `audit/journal/`; readers (delivery, incidents) import this file only.
 */
import type { AuditRecord } from './audit-record.ts';

/** A record and its position in the chain. */
export interface JournalEntry {
  /** Counts from 1 without a gap, for the lifetime of the journal's folder. */
  readonly sequence: number;
  /** SHA-256 of the chain up to and including this record, in lower-case hexadecimal. */
  readonly hash: string;
  readonly record: AuditRecord;
  /** The record as JSON text, as stored or masked, for sinks that forward JSON without formatting it again. */
  readonly recordJson: string;
}

/** The position of an appended record. */
export interface JournalPlace {
  /** The chain's ULID, created once for each folder. Absent if a journal has only one chain. */
  readonly chain?: string | undefined;
  readonly sequence: number;
  readonly hash: string;
}

/** How a decision is recorded. */
export interface Recorded {
  /** Absent if the record has no place yet, or none at all. */
  readonly place?: JournalPlace | undefined;
  /** The decision to be named instead: a repeated refusal was counted in the fold that this decision opened. */
  readonly foldedInto?: string | undefined;
}

export interface JournalReadOptions {
  /** The last entry that the reader has; 0 reads from the beginning. */
  readonly afterSequence: number;
  readonly entriesMax: number;
}

/** The entries, or that they were removed: `firstSequence` is the oldest entry that is still kept. */
export interface JournalReading {
  readonly entries: readonly JournalEntry[];
  readonly firstSequence: number;
}

export interface JournalReader {
  /** Durable entries only, in order. Rejects with a `HoldfastError` if the journal cannot be read. */
  readonly read: (options: JournalReadOptions) => Promise<JournalReading>;
  /** The newest durable entry; 0 if there is none. */
  readonly lastSequence: () => number;
  /**
   * Calls the listener (coalesced, without arguments) after entries became durable; returns the function that
   * unsubscribes.
   */
  readonly onAppended: (listener: () => void) => () => void;
}

/**
 * Key-value state that must survive a restart: cursors of sinks, open incidents. Not evidence, and not part of the chain.
 * A space is the owner's name (`delivery`, `incidents`); a write is atomic, and durable when it resolves.
 */
export interface StateStore {
  readonly list: (space: string) => Promise<ReadonlyMap<string, string>>;
  /** A value of `undefined` deletes the key. */
  readonly write: (
    space: string,
    changes: Readonly<Record<string, string | undefined>>,
  ) => Promise<void>;
}

/** The writing side of the journal. Readers use a `JournalReader`, in a thread of their own. */
export interface Journal extends Pick<JournalReader, 'lastSequence' | 'onAppended'> {
  /**
   * Resolves when the record is durable (fsync), with its place. Rejects with a `HoldfastError` if it cannot
   * be saved. A saved summary that it stands in place of is removed in the same transaction.
   */
  readonly append: (record: AuditRecord, insteadOf?: string) => Promise<JournalPlace>;
  /**
   * Saves the summary of an open fold beside the chain, in place of an earlier one with the same key. Resolves when it
   * is durable.
   */
  readonly saveFold: (key: string, summary: AuditRecord) => Promise<void>;
  /** The summaries, as JSON by key, that a process left which was killed; as found when the journal was opened. */
  readonly leftFolds: () => ReadonlyMap<string, string>;
  /** The current fault, for readiness; `undefined` if there is none. */
  readonly problem: () => string | undefined;
  /** What somebody must look at, although records are written; `undefined` if there is nothing. */
  readonly advice: () => string | undefined;
  /**
   * The oldest entry that is not delivered yet: retention keeps it and all later ones, within the size limit. Called
   * before each removal.
   */
  readonly keepFrom: (firstNeededSequence: () => number) => void;
  /** Seals the open segment, signs the last head, ends the thread. */
  readonly close: () => Promise<void>;
}
