/** One turn after the other, however many ask: whoever asks waits for a turn that begins after the question. */

/** The turn never rejects. */
export class SharedTurn {
  readonly #turn: () => Promise<void>;
  #running: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  constructor(turn: () => Promise<void>) {
    this.#turn = turn;
  }

  /** Resolves when a turn is over that has begun since. */
  ask(): Promise<void> {
    this.#next ??= this.#running.then(() => {
      this.#next = undefined;
      this.#running = this.#turn();
      return this.#running;
    });
    return this.#next;
  }
}
