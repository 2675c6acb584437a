/**
 * The number of the newest durable entry, shared between threads. To tell the readers of a new entry costs the writing
 * side a store and a wake-up, however many there are, and no message.
 */

/** One 64 bit number. */
const BYTES = 8;

/** Made by the thread that appends, rebuilt from the same memory by those that read. */
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

  /** Sets the number and wakes everybody who waits for another one. */
  publish(sequence: number): void {
    Atomics.store(this.#cell, 0, BigInt(sequence));
    Atomics.notify(this.#cell, 0);
  }

  /** Wakes everybody, though nothing is new. */
  wake(): void {
    Atomics.notify(this.#cell, 0);
  }

  /** Resolves when the number is another one than was seen, or at a wake-up. Keeps no thread alive. */
  async changeFrom(seen: number): Promise<void> {
    const waiting = Atomics.waitAsync(this.#cell, 0, BigInt(seen));
    if (waiting.async) await waiting.value;
  }
}
