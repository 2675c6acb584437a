/** The queue of records before they are written: limited in number and size, drained in batches. */
import type { JournalPlace } from '../journal.ts';
import type { PendingEntry } from './segment.ts';

/** A record and the callbacks of its caller. */
export interface WaitingEntry {
  readonly entry: PendingEntry;
  readonly queuedAtMs: number;
  readonly resolve: (place: JournalPlace) => void;
  readonly reject: (fault: Error) => void;
}

export interface QueueLimits {
  readonly queueEntriesMax: number;
  /** Counted in UTF-16 units, which use one or two bytes of memory each. */
  readonly queueBytesMax: number;
}

/** A FIFO queue. A batch counts as queued until it is settled. */
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

  /** Entries that are not in a batch yet. */
  get unsentLength(): number {
    return this.#waiting.length;
  }

  /** When the oldest entry was added; `undefined` if the queue is empty. */
  get oldestAtMs(): number | undefined {
    return (this.#givenOut[0] ?? this.#waiting[0])?.queuedAtMs;
  }

  /** False if the queue is full: the entry was not added. */
  push(waiting: WaitingEntry): boolean {
    const { queueEntriesMax, queueBytesMax } = this.#limits;
    if (this.length >= queueEntriesMax || this.#size + waiting.entry.json.length > queueBytesMax) {
      return false;
    }
    this.#waiting.push(waiting);
    this.#size += waiting.entry.json.length;
    return true;
  }

  /** Returns the next batch. The previous batch must be settled. */
  take(entriesMax: number): readonly WaitingEntry[] {
    this.#givenOut = this.#waiting.slice(0, entriesMax);
    this.#waiting = this.#waiting.slice(entriesMax);
    return this.#givenOut;
  }

  /** Settles the current batch: it is durable, or has failed. */
  settle(): void {
    for (const { entry } of this.#givenOut) this.#size -= entry.json.length;
    this.#givenOut = [];
  }
}
