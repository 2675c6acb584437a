/**
 * The number of the newest durable entry, shared between threads. Notifying any number of readers costs the writer one
 * atomic store and a wake-up, and no message.
 */

import type { Journal } from '../journal.ts';

/** One 64 bit number. */
const BYTES = 8;

/** Created by the appending thread, and from the same memory by readers. */
export class SharedSequence {
  readonly memory: SharedArrayBuffer;
  readonly #cell: BigInt64Array;

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(BYTES)) {
    this.memory = memory;
    this.#cell = new BigInt64Array(memory);
  }

  get value(): number {
    return Number(Atomics.load(this.#cell, 0));
  }

  /** Sets the number and wakes all waiters. */
  publish(sequence: number): void {
    Atomics.store(this.#cell, 0, BigInt(sequence));
    Atomics.notify(this.#cell, 0);
  }

  /** Publishes the newest entry of a journal now, and each that is appended. Returns what ends that. */
  follow(journal: Pick<Journal, 'lastSequence' | 'onAppended'>): () => void {
    const publish = (): void => {
      this.publish(journal.lastSequence());
    };
    publish();
    return journal.onAppended(publish);
  }

  /** Wakes all waiters without a new entry. */
  wake(): void {
    Atomics.notify(this.#cell, 0);
  }

  /** Resolves when the number differs from `seen`, or at a wake-up. Keeps no thread alive. */
  async changeFrom(seen: number): Promise<void> {
    const waiting = Atomics.waitAsync(this.#cell, 0, BigInt(seen));
    if (waiting.async) await waiting.value;
  }
}
