/** The queue of records that wait for the disk: limited in number and size, taken in batches. */
import type { JournalPlace } from '../journal.ts';
import type { PendingEntry } from './segment.ts';

/** A record and whoever waits for it. */
export interface WaitingEntry extends PendingEntry {
  readonly queuedAtMs: number;
  readonly resolve: (place: JournalPlace) => void;
  readonly reject: (fault: Error) => void;
}

export interface QueueLimits {
  readonly queueEntriesMax: number;
  /** Counted as UTF-16 units: what they hold in memory is between one and two bytes each. */
  readonly queueBytesMax: number;
}

/** First in, first out. A batch counts as waiting until it is settled. */
export class AppendQueue {
  readonly #limits: QueueLimits;
  #waiting: WaitingEntry[] = [];
  #givenOut: readonly WaitingEntry[] = [];
  #size = 0;

  constructor(limits: QueueLimits) {
    this.#limits = limits;
  }

  /** Entries that are not durable yet. */
  get length(): number {
    return this.#waiting.length + this.#givenOut.length;
  }

  /** Entries that no batch holds yet. */
  get unsentLength(): number {
    return this.#waiting.length;
  }

  /** When the oldest entry came; `undefined` where none waits. */
  get oldestAtMs(): number | undefined {
    return (this.#givenOut[0] ?? this.#waiting[0])?.queuedAtMs;
  }

  /** False where there is no room: the entry was not taken. */
  push(entry: WaitingEntry): boolean {
    const { queueEntriesMax, queueBytesMax } = this.#limits;
    if (this.length >= queueEntriesMax || this.#size + entry.json.length > queueBytesMax) {
      return false;
    }
    this.#waiting.push(entry);
    this.#size += entry.json.length;
    return true;
  }

  /** Gives out the next batch; the one before has been settled. */
  take(entriesMax: number): readonly WaitingEntry[] {
    this.#givenOut = this.#waiting.slice(0, entriesMax);
    this.#waiting = this.#waiting.slice(entriesMax);
    return this.#givenOut;
  }

  /** The batch that was given out is durable, or has failed. */
  settle(): void {
    for (const { json } of this.#givenOut) this.#size -= json.length;
    this.#givenOut = [];
  }
}
