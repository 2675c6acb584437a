/**
 * The port of the journal: decisions become durable, in order, and can be read again.
 * `compose/` binds the implementation in `audit/journal/`; readers (delivery, incidents) import this file only.
 */
import type { AuditRecord } from './audit-record.ts';

/** A record in its place in the chain. */
export interface JournalEntry {
  /** Counts from 1 without a gap, for as long as the journal's folder lives. */
  readonly sequence: number;
  /** SHA-256 of the chain up to and with this record, in lower-case hexadecimal. */
  readonly hash: string;
  readonly record: AuditRecord;
  /** The record as JSON text: as it is stored, or as a mask left it. Who forwards JSON need not format it again. */
  readonly recordJson: string;
}

/** Where an appended record stands. */
export interface JournalPlace {
  /** Which chain: a ULID, made once for each folder. Absent where a journal has but one. */
  readonly chain?: string | undefined;
  readonly sequence: number;
  readonly hash: string;
}

export interface JournalReadOptions {
  /** The last entry that the reader has; 0 reads from the beginning. */
  readonly afterSequence: number;
  readonly entriesMax: number;
}

/** What was read, or that what was asked for is gone: `firstSequence` is the oldest that is still kept. */
export interface JournalReading {
  readonly entries: readonly JournalEntry[];
  readonly firstSequence: number;
}

export interface JournalReader {
  /** Durable entries only, in order. Rejects with a `HoldfastError` where the journal cannot be read. */
  readonly read: (options: JournalReadOptions) => Promise<JournalReading>;
  /** The newest durable entry; 0 where there is none. */
  readonly lastSequence: () => number;
  /** Calls back (coalesced, without arguments) after entries became durable; returns how to stop. */
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

/** The journal as its owner sees it: it appends. Readers have a `JournalReader`, in a thread of their own. */
export interface Journal extends Pick<JournalReader, 'lastSequence' | 'onAppended'> {
  /** Resolves when the record is durable (fsync), with its place. Rejects with a `HoldfastError` where it cannot be kept. */
  readonly append: (record: AuditRecord) => Promise<JournalPlace>;
  /** What is wrong, for readiness; `undefined` while all is well. */
  readonly problem: () => string | undefined;
  /**
   * The oldest entry that somebody still has to deliver: retention keeps it and all after it, within the size limit.
   * Asked before each removal.
   */
  readonly keepFrom: (firstNeededSequence: () => number) => void;
  /** Seals what is open, signs the last head, ends the thread. */
  readonly close: () => Promise<void>;
}
